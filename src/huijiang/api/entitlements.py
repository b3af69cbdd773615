"""What somebody may have: a person by number, a firm by code, a case that is posted and forgotten, what a night changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from huijiang import audit
from huijiang.access.law import FACTS, access_organisations, access_people, consenting, in_scope
from huijiang.access.models import Consent
from huijiang.access.sightings import Purpose, saw
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.api import ids, results, shapes
from huijiang.api.asked import Asked, Page
from huijiang.api.described import CURSOR, LIMIT, described, word
from huijiang.api.endpoint import Endpoint, made
from huijiang.api.problems import Fault as Wrong
from huijiang.api.problems import Problem, invalid, not_found
from huijiang.api.scopes import Scope
from huijiang.documents import library
from huijiang.entitlements import live
from huijiang.entitlements.models import NightlyRun, Standing
from huijiang.entitlements.sees import sees
from huijiang.registry.identity import KINDS, read_document
from huijiang.registry.models import IdentityDocument
from huijiang.sealed import found_by
from tiaowen.cases.format import CaseError, read_case
from tiaowen.evaluate.answers import answer_case

MOST_ROWS: Final = 1_000  # of a posted case: a bigger one is a roster, which has a page and a command of its own
READS: Final = {"GET": Scope.ENTITLEMENTS_READ}
ASKS: Final = {"POST": Scope.ENTITLEMENTS_READ}
CLOSED: Final = ("no-token", "beyond-scope")


class PostedCase(Endpoint):
    """A case in the open format (docs/case-format), answered and forgotten: nothing of it is stored or logged."""

    scopes: ClassVar[Mapping[str, Scope]] = ASKS

    @described("entitlements", gettext_lazy("一个提交的案例能享受什么；不保存"), shapes.ref("Answers"), name="case_answers",
               body=shapes.ref("Case"), may=CLOSED,
               detail=gettext_lazy("正文按开放案例格式（docs/case-format）；总行数不多于 1,000。答复与 tiaowen evaluate --json 相同。"))  # fmt: skip
    def post(self, request: Request) -> Response:
        told = self.body()
        tables = told.get("tables")
        if isinstance(tables, dict):
            rows = sum(len(each) for each in tables.values() if isinstance(each, list))
            if rows > MOST_ROWS:
                raise Problem("too-large", _("案例的行太多。"), _("请分成几个案例，或用 tiaowen evaluate 处理名册。"),
                              where="/tables", seen=str(rows), expected=f"≤ {MOST_ROWS}")  # fmt: skip
        held = library.current()
        try:
            facts, place = read_case(held.vocabulary, told)
        except CaseError as error:
            raise invalid(_case_fault(each) for each in error.problems) from error
        answers = answer_case(held, facts, place)
        return made({
            "region": place, "on": facts.on.isoformat() if facts.on else None, "release": held.release,
            "answers": [answers.as_json(each) for each in answers],
        })  # fmt: skip


def _case_fault(said: object) -> Wrong:
    """`tables.certificate[0].level: seen → expected` as a fault with its place."""
    where, _colon, rest = str(said).partition(": ")
    seen, arrow, expected = rest.partition(" → ")
    return Wrong(where[:200], expected or rest, seen if arrow else "")


class OfPerson(Endpoint):
    """The number travels in the body, never in an address; the look leaves its trace with the person."""

    scopes: ClassVar[Mapping[str, Scope]] = ASKS

    @described("entitlements", gettext_lazy("一个人现在能享受什么"), shapes.ref("Entitlements"), name="person_entitlements",
               body=shapes.ref("Number"), may=CLOSED,
               detail=gettext_lazy("按证件号码查；purpose 为查询用途，会留下本人可见的查看记录。单位系统只能查已同意的职工。"))  # fmt: skip
    def post(self, request: Request) -> Response:
        viewer = self.caller.viewer
        asked = Asked(self.body(), "/")
        asked.known(("number", "kind", "country", "purpose", "on"))
        number, kind = asked.text("number", required=True, most=40), asked.choice("kind", KINDS)
        country, on = asked.text("country", most=3), asked.day("on") or viewer.on
        purpose = asked.choice("purpose", purposes(viewer), required=True)
        read = None
        if number:
            try:
                read = read_document(number, kind or None, country, on=viewer.on)
            except ValueError:
                # What is wrong with a number is said without the number.
                asked.fault("number", _("位数和校验位都正确的证件号码；护照须写 kind 和 country"), "")
        asked.done()
        person = None if read is None else people(viewer, purpose).filter(
            pk__in=IdentityDocument.objects.filter(
                found_by(IdentityDocument, "matched", read.matched), kind=read.kind).values("person")
        ).first()  # fmt: skip
        audit.record(self.caller.user, "api.person_entitlements", f"person:{person.uid if person else ''}",
                     person.managed_by_id if person else "", purpose=purpose, found=person is not None)  # fmt: skip
        if person is None:
            return _no_person()
        saw(viewer, person, purpose, ["results"])
        return made(results.shown(live.of_person(person.pk, person.managed_by_id, on, sees(viewer))))


def _no_person() -> Response:
    """An answer, not an exception: that somebody searched stays written down."""
    problem = not_found(_("您的权限范围内没有这个人。"))
    found = made(problem.shown(), status=404)
    found.content_type = "application/problem+json"
    return found


def purposes(viewer: Viewer) -> list[str]:
    """For what a viewer may look at single people."""
    match viewer.capacity:
        case Capacity.STAFF:
            return list(Purpose.values)
        case Capacity.AGENT:
            return [Consent.Purpose.ENTITLEMENTS.value]
        case Capacity.WORKER:
            return ["self"]


def people(viewer: Viewer, purpose: str) -> QuerySet[Any]:
    """The people whose results a viewer may see: for a firm, only with the person's consent for this."""
    found = access_people(viewer).select_related("managed_by")
    if viewer.capacity is not Capacity.AGENT:
        return found
    return found.filter(pk__in=consenting(viewer, purpose))


class OfOrganisation(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = ASKS

    @described("entitlements", gettext_lazy("一家单位现在能享受什么"), shapes.ref("Entitlements"),
               name="organisation_entitlements", body=shapes.ref("Code"), may=CLOSED,
               detail=gettext_lazy("按统一社会信用代码查；purpose 为查询用途，部门系统必填，单位看得到；benefit 只算一项，写 文件编号#项目编号。"))  # fmt: skip
    def post(self, request: Request) -> Response:
        viewer = self.caller.viewer
        asked = Asked(self.body(), "/")
        asked.known(("uscc", "benefit", "on", "purpose"))
        purpose = asked.choice("purpose", Purpose.values, required=viewer.capacity is Capacity.STAFF)
        code, only = asked.text("uscc", required=True, most=40), asked.text("benefit")
        on = asked.day("on") or viewer.on
        asked.done()
        found = access_organisations(viewer).filter(uscc=code.strip().upper()).select_related("managed_by").first()
        if found is None:
            raise not_found(_("您的权限范围内没有这家单位。"))
        if only and not any(only == rule.key for plan in library.placed(found.managed_by_id).plans.values()
                            for rule in plan.rules.values()):  # fmt: skip
            raise invalid([Wrong("/benefit", _("文件编号#项目编号，见 /api/v1/benefits"), only)])
        saw(viewer, found, purpose or "own", ["results"])
        audit.record(self.caller.user, "api.organisation_entitlements", f"organisation:{found.uid}", found.managed_by_id,
                     purpose=purpose)  # fmt: skip
        return made(results.shown(live.of_organisation(found.pk, found.managed_by_id, on, sees(viewer), only)))


class Mine(Endpoint):
    """For an app that a person let look for them."""

    scopes: ClassVar[Mapping[str, Scope]] = READS

    @described("entitlements", gettext_lazy("令牌主人本人现在能享受什么"), shapes.ref("Entitlements"),
               name="my_entitlements", may=CLOSED)  # fmt: skip
    def get(self, request: Request) -> Response:
        viewer = self.caller.viewer
        person = access_people(viewer).first() if viewer.capacity is Capacity.WORKER else None
        if person is None:
            raise Problem(
                "beyond-scope", _("这是系统的令牌，不是个人的。"), _("请用 POST /api/v1/entitlements/person。")
            )
        return made(results.shown(live.of_person(person.pk, person.managed_by_id, viewer.on, sees(viewer))))


class Nights(Endpoint):
    scopes: ClassVar[Mapping[str, Scope]] = READS

    @described("jobs", gettext_lazy("夜间计算，新的在前"), shapes.page(shapes.ref("Night")), name="nights", may=CLOSED,
               parameters=(LIMIT, CURSOR))  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = Asked(request.query_params, "?")
        page = Page(asked, "nights")
        asked.done()
        found = page.rows(nights(self.caller.viewer), newest_first=True)
        shown = [night_json(each) for each in found[: page.limit]]
        return made(page.shown(shown, found[page.limit - 1].pk if len(found) > page.limit else None))


def nights(viewer: Viewer) -> QuerySet[NightlyRun]:
    """The finished nights of a viewer's regions; for a firm, those of the region that manages it."""
    done = NightlyRun.objects.exclude(ended_at=None)
    if viewer.capacity is Capacity.STAFF:
        return done.filter(in_scope(viewer.paths(*FACTS), "region"))
    return done.filter(region__in=access_organisations(viewer).values("managed_by"))


def night_json(each: NightlyRun) -> dict[str, Any]:
    return {
        "id": ids.shown("night", each.pk), "region": each.region_id, "on": each.on.isoformat(), "release": each.release,
        "ended_at": each.ended_at.isoformat() if each.ended_at else None, "opened": each.opened,
        "closed": each.closed, "kept": each.kept, "people": each.people,
    }  # fmt: skip


class Changes(Endpoint):
    """What a night changed, for the subscriber of `entitlements.changed` who then asks."""

    scopes: ClassVar[Mapping[str, Scope]] = READS

    @described("entitlements", gettext_lazy("一次夜间计算改变了什么"), shapes.page(shapes.ref("Change")),
               name="changes", may=CLOSED, parameters=(
                   LIMIT, CURSOR, word("night", gettext_lazy("夜间计算的 id"), required=True),
                   word("change", gettext_lazy("新增还是消失"), ("opened", "closed"), required=True),
                   word("purpose", gettext_lazy("用途；查看个人时必填"))))  # fmt: skip
    def get(self, request: Request) -> Response:
        viewer = self.caller.viewer
        asked = Asked(request.query_params, "?")
        asked.known(("night", "change", "limit", "cursor", "purpose"))
        change = asked.choice("change", ("opened", "closed"), required=True)
        page = Page(asked, f"changes {change}")
        number = ids.read("night", asked.text("night", required=True, most=ids.LENGTH))
        purpose = asked.choice("purpose", purposes(viewer), required=viewer.capacity is Capacity.STAFF)
        asked.done()
        night = nights(viewer).filter(pk=number or 0).first()
        if night is None:
            raise not_found()
        which = Q(first_run=night) if change == "opened" else Q(last_run=night)
        found = page.rows(standings(viewer).filter(which).select_related("person", "organisation"))
        shown = found[: page.limit]
        for person in {each.person for each in shown if each.person is not None}:
            saw(viewer, person, purpose, ["results"])
        return made(page.shown([_change(each, change) for each in shown],
                               shown[-1].pk if len(found) > page.limit else None))  # fmt: skip


def standings(viewer: Viewer) -> QuerySet[Standing]:
    """Stored results that a viewer may see: of people and firms for an office, a firm's own for its system."""
    if viewer.capacity is Capacity.STAFF:
        return Standing.objects.filter(in_scope(viewer.paths(*FACTS), "region"))
    return Standing.objects.filter(organisation__in=access_organisations(viewer))


def _change(each: Standing, change: str) -> dict[str, Any]:
    return {
        "id": ids.shown("standing", each.pk), "change": change,
        "person": str(each.person.uid) if each.person else None,
        "organisation": str(each.organisation.uid) if each.organisation else None, "benefit": each.benefit,
        "state": each.state, "amount": {"low": each.low, "high": each.high}, "waits_for": list(each.waits_for),
    }  # fmt: skip
