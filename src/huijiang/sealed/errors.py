from __future__ import annotations


class SealedError(RuntimeError):
    """A key that is not there, or a value that does not open.  Never tells the value."""
