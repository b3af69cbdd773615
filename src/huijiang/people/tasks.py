"""The room's jobs: copies of people's data, and letting go of what was granted or is past its time."""

from __future__ import annotations

from huijiang.jobs import Handle, every, job
from huijiang.people import erasing, exports
from huijiang.people.models import Export


@job(exports.JOB, "生成个人信息副本", repeatable=True, heavy=True)
def export(run: Handle, export: int) -> None:
    exports.make(Export.objects.get(pk=export))


@job("people.retention", "清除同意删除的和到期的个人信息", repeatable=True)
def retention(run: Handle) -> None:
    run.result(erased=erasing.carry_out(), exports=exports.expire())


every("50 18 * * *", "people.retention")
