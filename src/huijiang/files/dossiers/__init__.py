"""Dossiers (卷宗): the papers of a case as one PDF, or of many cases as one archive, each with a manifest.

from huijiang.files import dossiers

parts = [
    dossiers.Words("办理经过", ["2026-06-30 提交", "2026-07-02 受理"]),
    dossiers.Grid("核查结果", ("项目", "结果"), [("社保", "通过")]),
    dossiers.Paper("证书", file_uid),
]
case = dossiers.Dossier("技能提升补贴", "萧-2026-000123", {"申请人": "林一"}, parts)
made = dossiers.as_pdf(viewer, case, "review")           # made.content, made.manifest
for chunk in dossiers.as_archive(viewer, "审计包 2026", [case, …], "inspection"): ...
"""

from huijiang.files.dossiers.binding import Bound, as_pdf
from huijiang.files.dossiers.packing import as_archive
from huijiang.files.dossiers.parts import Dossier, Grid, Line, Paper, Part, Words

__all__ = ["Bound", "Dossier", "Grid", "Line", "Paper", "Part", "Words", "as_archive", "as_pdf"]
