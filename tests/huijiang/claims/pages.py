"""The pages of claims for the gate: the office's desk, and what everybody sees.  The applicants' are in `pages_apply`."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings

from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import today
from huijiang.claims import bulk, disputes, moving, public_notice, review
from huijiang.claims.models import AuditPack, BulkDecision, BulkItem, Check, Claim, Relation, ServiceTerms, StandIn
from huijiang.claims.models.disputes import Ground
from huijiang.files.paper import faces
from huijiang.jobs import enqueue
from huijiang.sealed import keys
from tests.huijiang.claims.office import Office, office
from tests.huijiang.entitlements.town import CHIEF, TRAINER, account, town
from tests.huijiang.gate.pages import Page


class World:
    """A claim in review with findings, one on a notice to which somebody objects, one that waits for its notice."""

    def __init__(self) -> None:
        keys.ensure(settings.KEY_FILE)
        faces.prepare()
        self.desk: Office = office(town())
        self.desk.user("first").identity = None
        self.chief = self.desk.in_review(CHIEF)
        review.assign(self.chief, self.desk.user("first"), self.desk.staff["first"])
        made = moving.last_of(self.chief)
        told: dict[str, Any] = {"claim": self.chief, "determination": made, "version": "2026.1"}
        self.check = Check.objects.create(verifier="R04 同职业同等级", verdict="failed", severity="review",
                                          words="2025-09-01 已由别的单位领取同一证书的补贴，请核对原件", **told)  # fmt: skip
        Check.objects.create(
            verifier="社保参保", verdict="no_data", severity="score", words="2026-10 起没有数据", **told
        )
        for name in ("跨项目重复", "账户与收款方", "证书联网查询"):
            Check.objects.create(verifier=name, verdict="passed", severity="review", **told)
        claim = self.desk.after(review.second_review, self.desk.second_review(TRAINER), "second")
        self.notice = public_notice.publish(self.desk.staff["second"], [claim])
        self.entry = self.notice.entries.get()
        self.dispute = disputes.make(
            claim, None, Ground.PERSON, "听说这位学员不是该机构培养的。", name="林路人", contact="0571-00000000"
        )
        self.trainer = Claim.objects.get(pk=claim.pk)
        first, third = self.desk.user("first"), self.desk.user("third")
        self.stand_in = StandIn.objects.create(
            absent=third, deputy=first, starts_on=today(), ends_on=today(), made_by=third
        )
        self.relation = Relation.objects.create(
            user=third, declared_by=third, organisation=self.desk.town.employer, words="配偶任职"
        )
        self.terms = ServiceTerms.objects.create(region=self.desk.town.xiaoshan, benefit=CHIEF, made_by=first)
        first_officer = self.desk.staff["first"]
        self.bulk = bulk.make(uuid.uuid4(), first_officer, "approve", [self.chief, self.trainer])
        self.waiting = BulkDecision.objects.create(uid=uuid.uuid4(), deed="review", made_by=first, language="zh-hans")
        BulkItem.objects.create(bulk=self.waiting, claim=self.trainer, at=1)
        self.waiting.run = enqueue(bulk.JOB, actor=first, bulk=self.waiting.pk).uid  # type: ignore[union-attr]
        self.waiting.save(update_fields=["run"])
        self.pack = AuditPack.objects.create(benefit=CHIEF, year=today().year, asked_by=self.desk.user("watch"), claims=1,
                                             last=self.chief.pk)  # fmt: skip
        self.security = account("claims-security", "安管员", Role.SECURITY_ADMIN, self.desk.town.xiaoshan)
        self.keeps = account("claims-steward", "政管员", Role.STEWARD, self.desk.town.xiaoshan)
        self.keeper = account("claims-keeper", "系管员", Role.SYSTEM_ADMIN, self.desk.town.xiaoshan)

    def user(self, name: str) -> User:
        found: User = getattr(self, name) if name in ("security", "keeper", "keeps") else self.desk.user(name)
        return found


def page(name: str, who: str = "first", query: str = "", status: int = 200, **arguments: Any) -> Page:
    def filled(world: World) -> dict[str, Any]:
        return {key: value(world) for key, value in arguments.items()}

    def visitor(world: World) -> User | None:
        return world.user(who) if who else None

    return Page(f"claims:{name}", World, visitor, filled, query, status=status)


def chief(world: World) -> str:
    return str(world.chief.number)


def trainer(world: World) -> str:
    return str(world.trainer.number)


DESK = [
    page("desk"),
    page("desk", query="?view=objection"),
    page("desk", "watch", query="?view=all&overdue=1"),
    page("case", number=chief),
    page("case", "fourth", number=trainer),
    page("decide", query="?deed=refuse", number=chief),
    page("decide", query="?deed=ask_correction", number=chief),
    page("assign", "watch", number=chief),
    page("reveal", number=chief),
    page("judge", number=chief, uid=lambda world: world.check.uid),
    page("stand_ins"),
    page("end_stand_in", pk=lambda world: world.stand_in.pk),
    page("desk_notices"),
    page("disputes", "fourth"),
    page("dispute", "fourth", uid=lambda world: world.dispute.uid),
    page("bulk_done", uid=lambda world: world.bulk.uid),
    page("bulk_done", uid=lambda world: world.waiting.uid),
    page("pack", "watch", uid=lambda world: world.pack.uid),
    page("team", "watch"),
    page("rules", "watch"),
    page("rules", "keeps"),
    page("relations"),
    page("end_relation", "watch", pk=lambda world: world.relation.pk),
    page("identities", "security"),
    page("identity", "security", uid=lambda world: world.desk.user("first").uid),
    page("terms", "keeper"),
    page("terms_new", "keeper"),
    page("terms_edit", "keeper", pk=lambda world: world.terms.pk),
    page("days", "keeper"),
    page("notices", ""),
    page("notice", "", uid=lambda world: world.notice.uid),
    page("object_to", "", uid=lambda world: world.notice.uid, pk=lambda world: world.entry.pk),
]
NOT_DESK = {
    "claims:take": "takes a form and goes to the case",
    "claims:bulk": "takes a form; walked in test_desk.py",
    "claims:publish": "goes back where nothing waits; walked in test_desk.py",
    "claims:dossier": "a PDF",
    "claims:bulk_cancel": "takes a form and goes back; walked in test_many_at_once.py",
    "claims:packs": "takes a form and goes to the pack; walked in test_many_at_once.py",
    "claims:pack_cancel": "takes a form and goes back; walked in test_many_at_once.py",
    "claims:pack_part": "an archive to download",
}


PAGES = DESK
NOT_PAGES = NOT_DESK
