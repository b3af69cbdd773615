"""Files of other systems, taken in by their profile: 金保 field codes, insurance spells, certificate queries, rosters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from huijiang.accounts.viewers import Viewer
from huijiang.api import rows, shapes
from huijiang.api.asked import Asked
from huijiang.api.described import KEY, described, word
from huijiang.api.endpoint import MOST_BYTES, Endpoint, made
from huijiang.api.idempotency import once
from huijiang.api.problems import Fault, Problem, invalid, not_found, too_large
from huijiang.api.scopes import Scope
from huijiang.registry.exchange import files
from huijiang.registry.exchange.profiles import FILES, Profile, codes, profiles
from huijiang.web.language import is_chinese

CLOSED = ("no-token", "beyond-scope")


class RawBody(BaseParser):
    """A file as it is."""

    media_type = "application/octet-stream"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise too_large(MOST_BYTES)
        return body


def profile_json(each: Profile) -> dict[str, Any]:
    english = not is_chinese()
    return {
        "id": each.id, "title": each.title_en if english else each.title, "table": each.table, "files": list(each.files),
        "encoding": each.encoding.removesuffix("-sig"),
        "columns": [{"name": c.name, "label": c.label, "field": c.field, "unused": c.unused, "codes": c.codes} for c in each.columns],
    }  # fmt: skip


class Profiles(Endpoint):
    """Which files are understood, column by column."""

    @described("registry", gettext_lazy("能读的交换文件，逐列对应"), shapes.thing(
        {"items": shapes.listed(shapes.ref("Profile")), "codes": shapes.listed(shapes.ref("Codes"))}),
               name="profiles")  # fmt: skip
    def get(self, request: Request) -> Response:
        tables = [
            {"id": each.id, "title": each.title, "source": each.source, "values": dict(each.values)}
            for each in codes().values()
        ]
        return made({"items": [profile_json(each) for each in profiles().values()], "codes": tables})


class Take(Endpoint):
    """A file of a profile, stored like rows: whole or not at all, once for each key."""

    scopes: ClassVar[Mapping[str, Scope]] = {"POST": Scope.REGISTRY_WRITE}
    parser_classes = (RawBody,)

    @described("registry", gettext_lazy("按交换文件写入，全部写入或一行也不写"), shapes.ref("Stored"), name="store_file",
               body={"type": "string", "format": "binary"}, media="application/octet-stream",
               may=(*CLOSED, "conflict", "key-reused"), parameters=(
                   KEY, word("region", gettext_lazy("地区代码"), required=True),
                   word("as_of", gettext_lazy("数据日期"), required=True),
                   word("file", gettext_lazy("文件格式"), FILES, required=True)))  # fmt: skip
    def post(self, request: Request, profile: str) -> Response:
        found = profiles().get(profile)
        if found is None:
            raise not_found(_("没有这种交换文件，见 /api/v1/registry/exchange。"))
        caller = self.caller
        allowed = rows.writable(caller.viewer, found.table)
        rows.known(found.table, allowed)
        content = request.data if isinstance(request.data, bytes) else b""
        told = {**request.query_params.dict(), "content": hashlib.sha256(content).hexdigest()}
        return once(request, caller, told, lambda: (200, _take(caller.viewer, found, told, content)))


def _take(viewer: Viewer, profile: Profile, told: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    asked = Asked(told, "?")
    kind = asked.choice("file", profile.files, required=True)
    region, as_of = rows.target(asked, viewer)
    asked.done()
    try:
        found = files.read(profile, content, kind)
    except files.FileProblem as error:
        raise invalid([Fault(each.where, each.expected, each.seen) for each in (error, *error.others)]) from error
    if not 1 <= len(found) <= rows.MOST:
        raise invalid([Fault("rows", _("1 到 %(n)s 行") % {"n": rows.MOST}, str(len(found)))])
    beyond = sorted({path.partition(".")[0] for row in found for path in row} - rows.writable(viewer, profile.table))
    if beyond:
        raise Problem("beyond-scope", _("令牌不能写这一列，什么也没有写。"), _("请去掉这一列，或重新登记客户端。"),
                      seen=" ".join(f"{profile.table}.{name}" for name in beyond))  # fmt: skip
    return rows.store(viewer, profile.table, region, as_of, found, profile.source)
