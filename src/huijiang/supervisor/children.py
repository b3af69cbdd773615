"""Child processes that never outlive their parent (Linux)."""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent(with_signal: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: the system sends `with_signal` when the parent dies, however it dies."""
    parent = os.getpid()

    def ask() -> None:
        if LIBC.prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != parent:  # it died before the question
            os.kill(os.getpid(), with_signal)

    return ask
