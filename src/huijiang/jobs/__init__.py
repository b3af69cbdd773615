"""Work that runs outside a request: in the same database, in the same transaction as what asks for it.

    @job("registry.import")
    def apply(run: Handle, batch: int) -> None: ...

    enqueue("registry.import", actor=user, batch=7)

Jobs stand in a room's `tasks.py`, where the worker looks for them.
"""

from huijiang.jobs.queue import Cancelled, Handle, enqueue, every, job

__all__ = ["Cancelled", "Handle", "enqueue", "every", "job"]
