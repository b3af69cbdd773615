"""What a claim has on paper: files, letters, its dossier (卷宗); and of which claims an audit pack is made (`packs`).

dossier(viewer, claim)              parts for `files.dossiers`
decided_in(viewer, benefit, year)   the decided claims that were submitted in a year
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from huijiang import audit
from huijiang.accounts.viewers import HERE, Viewer
from huijiang.claims import determine, showing
from huijiang.claims.access import access_claims
from huijiang.claims.models import Claim
from huijiang.claims.public_notice import name_of
from huijiang.files import services as files
from huijiang.files.dossiers import Dossier, Grid, Paper, Part, Words
from huijiang.files.models import File
from huijiang.letters.models import Letter


def subject(claim: Claim) -> str:
    """Under what its files and letters are kept."""
    return f"claim:{claim.uid}"


def of(viewer: Viewer, claim: Claim) -> list[File]:
    """The papers of a claim that the viewer may see."""
    return list(files.access_files(viewer).filter(subject=subject(claim)).order_by("uploaded_at", "pk"))


def letters_of(claim: Claim) -> QuerySet[Letter]:
    return Letter.objects.filter(subject=subject(claim)).order_by("-issued_at", "-pk")


def dossier(viewer: Viewer, claim: Claim) -> Dossier:
    """A case from its first paper to its last: what was declared, found, decided, signed and sent (Chinese, as archives
    are kept)."""
    parts: list[Part] = [Words("办理经过", [_line(each) for each in reversed(showing.happened(claim))])]
    for made in claim.determinations.order_by("number"):
        body = determine.body_of(made)
        rows = [(each["label"], {"true": "满足", "false": "不满足"}.get(each["outcome"], "还不知道"),
                 "；".join(f"{f['label']}：{f['value']}（{f['source']} {f['as_of'] or ''}）" for f in each["facts"][:6]))
                for each in body["conditions"]]  # fmt: skip
        parts.append(
            Grid(
                f"第 {made.number} 次核定 {made.get_outcome_display()} {showing.amount_of(made)}",
                ("条件", "结论", "事实与来源"),
                rows,
            )
        )
        parts.append(Words(f"第 {made.number} 次核定的计算", [*[str(each) for each in body["working"]], f"规则版本 {made.release}",
                                                    f"引擎 {made.engine}", f"核定摘要（SM3）{made.digest}"]))  # fmt: skip
    checks = [
        (each.label, str(each.get_verdict_display()), each.words, str(each.get_judgement_display() or ""))
        for each in showing.latest_checks(claim)
    ]
    if checks:
        parts.append(Grid("核验", ("项目", "结果", "说明", "人工判断"), checks))
    signed = [(str(each.get_kind_display()), each.user.name, f"{timezone.localtime(each.at):%Y-%m-%d %H:%M}", each.digest[:16] or "—")
              for each in showing.signatures(claim)]  # fmt: skip
    if signed:
        parts.append(Grid("签署", ("事项", "签署人", "时间", "摘要"), signed))
    listed = of(viewer, claim)
    parts += [
        Paper(each.name.open() if each.name is not None else str(each.uid), each.uid)
        for each in listed
        if each.blob is not None
    ]
    there = {each.pk for each in listed}
    parts += [Paper(f"{each.get_kind_display()} {each.number}", each.file.uid) for each in letters_of(claim).select_related("file")
              if each.file_id not in there and files.access_files(viewer).filter(pk=each.file_id).exists()]  # fmt: skip
    facts = {"项目": name_of(claim.benefit), "收款方": showing.name_of(claim), "地区": claim.region.name, "状态": str(claim.get_state_display()),
             "提交": f"{timezone.localtime(claim.submitted_at):%Y-%m-%d}" if claim.submitted_at else "—"}  # fmt: skip
    with transaction.atomic():
        audit.record(viewer.user, "claims.dossier", subject(claim), claim.region_id)
    return Dossier(name_of(claim.benefit), claim.number or str(claim.uid), facts, parts)


def _line(each: object) -> str:
    at, title, text, by = (getattr(each, name) for name in ("at", "title", "text", "by"))
    return (
        f"{timezone.localtime(at):%Y-%m-%d %H:%M} {title}"
        + (f"（{by}）" if by else "（系统）")
        + (f"：{text}" if text else "")
    )


def decided_in(viewer: Viewer, benefit: str, year: int) -> QuerySet[Claim]:
    """The claims of a benefit that were submitted in a year and are decided, in the viewer's regions."""
    since = dt.datetime(year, 1, 1, tzinfo=HERE)
    until = dt.datetime(year + 1, 1, 1, tzinfo=HERE)
    return access_claims(viewer).filter(
        benefit=benefit, submitted_at__gte=since, submitted_at__lt=until, number__isnull=False,
        state__in=("approved", "payable", "paid", "payment_returned", "refused", "recovered", "closed"),
    ).select_related("region", "payee_person", "payee_organisation").order_by("number")  # fmt: skip
