"""Pages of those who apply, for the gate: drafts with questions and papers, claims in several states, a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.claims import batches, drafting, intake, review
from huijiang.claims.letter_tasks import issue
from huijiang.claims.models import Batch, Claim
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.registry.models import MODELS
from huijiang.sealed import keys
from tests.huijiang.claims.office import Office, office
from tests.huijiang.claims.test_batches import account, three_certificates, workbook
from tests.huijiang.entitlements.town import CHIEF, DAY, TRAINER, town
from tests.huijiang.gate.pages import Page


@dataclass
class World:
    """`draft` asks a question and a paper; `mending` waits for corrections; `refused` is the body's; `sent` the counter's."""

    desk: Office
    draft: Claim
    mending: Claim
    refused: Claim
    counter: Claim
    sent: Claim
    batch: Batch
    other: Any

    @property
    def worker(self) -> User:
        return self.desk.town.worker_user

    @property
    def agent(self) -> User:
        return self.desk.town.agent_user

    @property
    def clerk(self) -> User:
        return self.desk.town.counter_user


def world() -> World:
    keys.ensure(settings.KEY_FILE)
    desk = office(town())
    desk.town.worker_user.refresh_from_db()
    night = NightlyRun.objects.create(region=desk.town.xiaoshan, release="x", on=DAY, snapshot_at="2026-06-30T00:00Z")
    held = three_certificates(desk)
    for each in held:
        Standing.objects.create(organisation=desk.town.trainer, region=desk.town.xiaoshan, benefit=TRAINER, holder=f"certificate:{each.pk}",
                                state="ready", low=100_000, high=100_000, first_run=night)  # fmt: skip
    batch = batches.take(
        desk.agent, desk.town.trainer, TRAINER, workbook(desk, r2={"是否申报": "也许"}), "申报.xlsx", account(desk)
    )
    refused = desk.refused(TRAINER)
    issue(refused, "refusal", refused.moves)
    mending = desk.checking()
    issue(mending, "acceptance", mending.movements.get(event="accept").number)
    review.request_correction(
        mending,
        desk.staff["first"],
        [{"code": "a", "words": "认定文件缺第二页，请补齐"}, {"code": "b", "words": "请写明授予日期"}],
    )
    issue(mending, "correction")
    told: dict[str, Any] = {"employer": desk.town.employer, "honour": "区首席技师", "recommended_by": desk.town.xiaoshan, "ended_on_none": True,
                            "managed_by": desk.town.xiaoshan, "source": "登记", "as_of": DAY}  # fmt: skip
    other = MODELS["recognition"].objects.create(person=desk.town.worker, named_on="2025-06-16", **told)
    draft = intake.open_draft(desk.worker, desk.town.xiaoshan, CHIEF, f"recognition:{other.pk}")
    third = MODELS["recognition"].objects.create(
        person=desk.town.colleague, named_on="2025-06-17", granted_by=desk.town.xiaoshan, **told
    )
    counter = intake.open_draft(
        desk.staff["counter"], desk.town.xiaoshan, CHIEF, f"recognition:{third.pk}", person=desk.town.colleague.pk
    )
    sent = intake.open_draft(
        desk.staff["counter"],
        desk.town.xiaoshan,
        TRAINER,
        f"certificate:{held[1].pk}",
        organisation=desk.town.trainer.pk,
    )
    used = intake.make_account(
        desk.staff["counter"],
        holder="乙培训学校",
        number="120000002222",
        bank="乙银行",
        organisation=desk.town.trainer.pk,
    )
    sent = intake.submit(intake.use_account(sent, desk.staff["counter"], used), desk.staff["counter"])
    mending.refresh_from_db()
    return World(desk, draft, mending, refused, counter, sent, batch, other)


def key(of: Claim, kind: str) -> str:
    """The first question or paper of a claim."""
    sheet = drafting.sheet_of(of, today())
    return (sheet.questions if kind == "question" else sheet.papers)[0].key


def page(name: str, who: str, query: str = "", **arguments: Any) -> Page:
    def filled(made: World) -> dict[str, Any]:
        return {each: value(made) for each, value in arguments.items()}

    return Page(f"claims:{name}", world, lambda made: getattr(made, who), filled, query)


def event(benefit: str, holder: Any, **more: Any) -> dict[str, Any]:
    document, _hash, rule = benefit.partition("#")
    return {"document": lambda made: document, "rule": lambda made: rule, "holder": holder, **more}


PAGES = [
    page("apply_new", "worker", **event(CHIEF, lambda made: f"recognition:{made.other.pk}")),
    page("apply_new", "worker", query="?claimed", **event(CHIEF, lambda made: made.desk.town.holder)),
    page("apply", "worker", uid=lambda made: made.draft.uid),
    page("apply", "worker", query="?correction", uid=lambda made: made.mending.uid),
    page("apply_question", "worker", uid=lambda made: made.draft.uid, key=lambda made: key(made.draft, "question")),
    page("apply_paper", "worker", uid=lambda made: made.draft.uid, key=lambda made: key(made.draft, "paper")),
    page(
        "apply_paper",
        "worker",
        query="?correction",
        uid=lambda made: made.mending.uid,
        key=lambda made: key(made.mending, "paper"),
    ),
    page("apply_account", "worker", uid=lambda made: made.draft.uid),
    page("apply_check", "worker", uid=lambda made: made.draft.uid),
    page("my_cases", "worker"),
    page("my_cases", "worker", query="?view=ended"),
    page("my_case", "worker", number=lambda made: made.mending.number),
    page("my_withdraw", "worker", uid=lambda made: made.mending.uid),
    page("org_apply_new", "agent", **event(TRAINER, lambda made: f"certificate:{made.desk.town.certificate.pk}")),
    page("org_cases", "agent"),
    page("org_case", "agent", number=lambda made: made.refused.number),
    page("org_object", "agent", uid=lambda made: made.refused.uid),
    page("batches", "agent"),
    page("batch_upload", "agent", document=lambda made: TRAINER.split("#")[0], rule=lambda made: TRAINER.split("#")[1]),
    page("batch", "agent", uid=lambda made: made.batch.uid),
    page("intake_search", "clerk"),
    page("intake_person", "clerk", uid=lambda made: made.desk.town.worker.uid),
    page("intake_firm", "clerk", uid=lambda made: made.desk.town.trainer.uid),
    page(
        "intake_new_person",
        "clerk",
        **event(CHIEF, lambda made: made.counter.holder, uid=lambda made: made.desk.town.colleague.uid),
    ),
    page("intake_check", "clerk", uid=lambda made: made.counter.uid),
    page("intake_done", "clerk", uid=lambda made: made.sent.uid),
]
_SAME = "the same page as a worker's, which is walked"
NOT_PAGES = {
    "claims:apply_done": "the same page as the counter's, which is walked",
    **{f"claims:org_apply{each}": _SAME for each in ("", "_question", "_paper", "_account", "_check", "_done")},
    **{f"claims:intake{each}": _SAME for each in ("", "_question", "_paper", "_account", "_new_firm")},
    "claims:my_object": "the same page as org_object, which is walked",
    "claims:org_withdraw": "the same page as my_withdraw, which is walked",
    "claims:batch_template": "a workbook to download",
    "claims:batch_send": "takes a form and goes back",
}
