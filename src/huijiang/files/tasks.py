"""The room's jobs: letting go of what is past its time, sweeping up after broken uploads, looking whether all opens."""

from __future__ import annotations

from huijiang.files import checking, retention
from huijiang.jobs import Handle, every, job


@job("files.expire", "清除到期的材料", repeatable=True)
def expire(run: Handle) -> None:
    run.progress(retention.expire())


@job("files.sweep", "清理没有登记的内容", repeatable=True)
def sweep(run: Handle) -> None:
    run.progress(retention.sweep())


@job("files.check", "核对材料能否打开", repeatable=True)
def check(run: Handle) -> None:
    """Raises SealedError when one does not open: a failed job is what an operator sees."""
    checked, faults = checking.check()
    run.progress(checked)
    run.result(checked=checked, faults=faults)
    if faults:
        raise vault_fault(faults)


def vault_fault(faults: list[str]) -> Exception:
    from huijiang.sealed import SealedError

    return SealedError("；".join(faults[:5]))


every("20 18 * * *", "files.expire")
every("40 18 * * *", "files.sweep")
every("0 19 * * 6", "files.check")
