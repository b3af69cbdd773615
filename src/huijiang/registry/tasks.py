"""The registry's jobs: reading and storing imports, saying which broke off, letting go of old versions."""

from __future__ import annotations

from huijiang.jobs import Handle, every, job
from huijiang.registry.imports import batches
from huijiang.registry.models import ImportBatch
from huijiang.registry.retention import expire


@job(batches.READ_JOB, "读取导入文件", repeatable=True, heavy=True)
def read(run: Handle, batch: int) -> None:
    batches.examine(ImportBatch.objects.get(pk=batch), run.progress)


@job(batches.APPLY_JOB, "写入导入文件", heavy=True)
def store(run: Handle, batch: int) -> None:
    held = ImportBatch.objects.get(pk=batch)
    batches.apply(held, lambda done: run.progress(done, held.rows_read))


@job("registry.settle", "收拾中断的导入", repeatable=True)
def settle(run: Handle) -> None:
    run.progress(batches.settle())


@job("registry.expire", "清除过期的历史版本", repeatable=True)
def let_go(run: Handle) -> None:
    run.progress(sum(expire().values()))


every("* * * * *", "registry.settle")
every("30 18 * * *", "registry.expire")


@job("registry.duplicates", "查找疑似重复的人和单位", repeatable=True, heavy=True)
def duplicates(run: Handle) -> None:
    """A job of the evening: it reads everybody once."""
    from huijiang.registry import likeness  # splink is loaded where it is used

    run.result(**{kind: likeness.look(kind) for kind in ("person", "organisation")})


every("0 19 * * *", "registry.duplicates")
