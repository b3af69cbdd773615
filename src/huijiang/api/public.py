"""Documents, clauses, benefits and releases: what everybody may read, no token needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from huijiang.accounts.viewers import today
from huijiang.api import schema, shapes
from huijiang.api.asked import Asked, Page
from huijiang.api.described import CURSOR, LIMIT, described, word
from huijiang.api.endpoint import Endpoint, made, unchanged
from huijiang.api.problems import Problem, not_found
from huijiang.api.scopes import Scope
from huijiang.documents import library, releases, shelf
from huijiang.documents.models import Release
from tiaowen.check.library import Library
from tiaowen.plan.rules import Rule

PROMISES = ("benefit", "treatment", "duty")


def _day(day: dt.date | None) -> str | None:
    return day.isoformat() if day is not None else None


def document_json(each: shelf.Document) -> dict[str, Any]:
    plan = each.plan
    return {
        "id": plan.id, "number": plan.number, "title": plan.title, "issuers": list(plan.issuers), "region": plan.region,
        "place": each.place, "issued": _day(plan.issued), "effective": _day(plan.effective),
        "expires": _day(plan.expires), "validity": each.validity, "clauses": len(each.clauses),
        "benefits": sum(rule.kind in PROMISES for rule in each.rules),
    }  # fmt: skip


def benefit_json(each: shelf.Document, rule: Rule) -> dict[str, Any]:
    return {
        "key": rule.key, "kind": rule.kind, "name": rule.name, "document": each.plan.id, "number": each.plan.number,
        "clause": rule.clause, "fund": rule.fund, "table": rule.table,
        "conditions": [condition.label for condition in rule.conditions], "validity": each.validity,
    }  # fmt: skip


def release_json(each: Release, now: Release | None) -> dict[str, Any]:
    coming = each.in_force_from is not None and each.in_force_from > today()
    standing = "in force" if now is not None and now.pk == each.pk else "coming" if coming else "replaced"
    return {
        "uid": str(each.uid), "number": each.number, "digest": each.digest, "note": each.note,
        "in_force_from": _day(each.in_force_from), "standing": standing, "documents": each.documents,
        "rules": each.rules, "cases": each.cases,
    }  # fmt: skip


def _state(held: Library) -> str:
    """The mark of what the library's answers depend on: its content, the day, the words."""
    return f"{held.release[:32]}-{today():%Y%m%d}-{(get_language() or '')[:2]}"


class Schema(Endpoint):
    """This description itself."""

    @described("documents", _("本接口的 OpenAPI 3.1 描述"), shapes.ANY, name="schema")
    def get(self, request: Request) -> HttpResponse:
        found = made(schema.description())
        found.headers["Cache-Control"] = "public, max-age=300"
        return found


class Documents(Endpoint):
    """The library."""

    @described("documents", _("政策文件"), shapes.page(shapes.ref("Document")), name="documents", parameters=(
        LIMIT, CURSOR, word("region", _("适用于此地：代码、全名或不重名的简称")), word("validity", _("效力"), shelf.VALIDITY)))  # fmt: skip
    def get(self, request: Request) -> Response:
        held = library.current()
        asked = Asked(request.query_params, "?")
        page = Page(asked, "documents")
        place, validity = _place(asked, held), asked.choice("validity", shelf.VALIDITY)
        asked.done()
        if (same := unchanged(request, _state(held))) is not None:
            return same
        regions = held.vocabulary.regions
        found = [
            document_json(each) for each in shelf.documents(held, today())
            if (not place or each.plan.region in regions.chain(place)) and validity in ("", each.validity)
        ]  # fmt: skip
        return made(page.of_list(found), _state(held))


def _place(asked: Asked, held: Library) -> str:
    said = asked.text("region")
    found = held.vocabulary.regions.resolve(said) if said else ""
    if found is None:
        asked.fault("region", str(_("地区代码、全名或不重名的简称")), said)
    return found or ""


def _document(held: Library, name: str) -> shelf.Document:
    found = shelf.document(held, name, today())
    if found is None:
        raise not_found()
    return found


class Document(Endpoint):
    @described("documents", _("一份政策文件"), shapes.ref("Document"), name="document")
    def get(self, request: Request, document: str) -> Response:
        held = library.current()
        found = _document(held, document)
        return unchanged(request, _state(held)) or made(document_json(found), _state(held))


class Clauses(Endpoint):
    @described("documents", _("一份文件的条款，按原文次序"), shapes.page(shapes.ref("Clause")), name="clauses",
               parameters=(LIMIT, CURSOR))  # fmt: skip
    def get(self, request: Request, document: str) -> Response:
        held = library.current()
        found = _document(held, document)
        asked = Asked(request.query_params, "?")
        page = Page(asked, f"clauses {document}")
        asked.done()
        told = [
            {
                "label": each.label, "title": each.title, "level": each.level, "above": list(each.above),
                "summary": "\n".join(each.summary),
                "blocks": [{"kind": block.kind, "id": block.id or "", "name": block.name or ""} for block in each.blocks],
            }
            for each in found.clauses
        ]  # fmt: skip
        return unchanged(request, _state(held)) or made(page.of_list(told), _state(held))


class Benefits(Endpoint):
    """Benefits, treatments and duties."""

    @described("documents", _("补贴、待遇和义务"), shapes.page(shapes.ref("Benefit")), name="benefits", parameters=(
        LIMIT, CURSOR, word("region", _("适用于此地：代码、全名或不重名的简称")), word("document", _("文件编号")),
        word("kind", _("种类"), PROMISES)))  # fmt: skip
    def get(self, request: Request) -> Response:
        held = library.current()
        asked = Asked(request.query_params, "?")
        page = Page(asked, "benefits")
        place, document, kind = _place(asked, held), asked.text("document"), asked.choice("kind", PROMISES)
        asked.done()
        if (same := unchanged(request, _state(held))) is not None:
            return same
        regions = held.vocabulary.regions
        found = [
            benefit_json(each, rule) for each in shelf.documents(held, today()) for rule in each.rules
            if rule.kind in PROMISES and kind in ("", rule.kind) and document in ("", each.plan.id)
            and (not place or each.plan.region in regions.chain(place))
        ]  # fmt: skip
        return made(page.of_list(found), _state(held))


class Benefit(Endpoint):
    @described("documents", _("一项补贴、待遇或义务"), shapes.ref("Benefit"), name="benefit")
    def get(self, request: Request, document: str, rule: str) -> Response:
        held = library.current()
        found = _document(held, document)
        promise = found.plan.rules.get(rule)
        if promise is None or promise.kind not in PROMISES or promise.stands_in_for:
            raise not_found()
        return unchanged(request, _state(held)) or made(benefit_json(found, promise), _state(held))


class Releases(Endpoint):
    """Approved ones alone: what waits for its second person is nobody's business yet."""

    @described("documents", _("规则版本，新的在前"), shapes.page(shapes.ref("Release")), name="releases",
               parameters=(LIMIT, CURSOR))  # fmt: skip
    def get(self, request: Request) -> Response:
        asked = Asked(request.query_params, "?")
        page = Page(asked, "releases")
        asked.done()
        now = releases.in_force()
        found = page.rows(Release.objects.exclude(in_force_from=None), newest_first=True)
        shown = [release_json(each, now) for each in found[: page.limit]]
        return made(page.shown(shown, found[page.limit - 1].pk if len(found) > page.limit else None))


def _release(uid: Any) -> Release:
    found = Release.objects.exclude(in_force_from=None).filter(uid=uid).first()
    if found is None:
        raise not_found()
    return found


class OneRelease(Endpoint):
    @described("documents", _("一个规则版本"), shapes.ref("Release"), name="release")
    def get(self, request: Request, uid: Any) -> Response:
        return made(release_json(_release(uid), releases.in_force()))


class ReleaseFiles(Endpoint):
    """The files of a release, byte for byte: the round trip with the policies folder."""

    scopes: ClassVar[Mapping[str, Scope]] = {"GET": Scope.DOCUMENTS_READ}

    @described("documents", _("一个规则版本的全部文件"), shapes.thing({"digest": shapes.TEXT, "files": {
        "type": "object", "additionalProperties": shapes.TEXT}}), name="release_files", may=("no-token", "beyond-scope"))  # fmt: skip
    def get(self, request: Request, uid: Any) -> Response:
        found = _release(uid)
        tag = found.digest[:40]
        if (same := unchanged(request, tag)) is not None:
            return same
        return made({"digest": found.digest, "files": releases.files_of(found)}, tag)


class NoSuch(Endpoint):
    """Any other address below the API's root: the answer is a problem there too."""

    schema = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        return Problem("not-found", str(_("没有这个接口。")), str(_("接口见 /api/ 或 /api/v1/schema。"))).response()
