"""The room's pages for the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from huijiang.access.models import Agency
from huijiang.access.viewers import as_agent, as_worker
from huijiang.accounts.models import Role, User
from huijiang.files import services as files
from huijiang.files import vault
from huijiang.files.paper import faces
from huijiang.sealed import keys
from tests.huijiang.access.world import agent, make, worker
from tests.huijiang.accounts.people import account
from tests.huijiang.files import uploads
from tests.huijiang.files.uploads import upload
from tests.huijiang.gate.pages import Page


def folder() -> dict[str, Any]:
    """A worker's papers of several kinds, a firm's, an officer who looks; one that does not open."""
    keys.ensure(settings.KEY_FILE)
    faces.prepare()  # as an installation's upgrade does, and not while somebody waits for a page
    if User.objects.filter(login="papers-worker").exists():
        user = User.objects.get(login="papers-worker")
    else:
        world = make(tables=False)
        user = worker(world, 0, "papers-worker")
        agent(world, 0, Agency.Power.AGENT, "papers-agent")
        account("papers-officer", Role.REVIEWER, name="王审核", where=world.x)
    one, firm = as_worker(user), as_agent(User.objects.get(login="papers-agent"))
    assert one is not None
    assert firm is not None
    told: dict[str, Any] = {"region": "339901"}
    scan = uploads.picture(uploads.drawing(9))
    found = {
        name: files.store(upload(content, f"{name}.x"), one, "paper:1", "evidence", **told)
        for name, content in {"证书": scan, "合同": uploads.pdf(2), "流水": "月份,金额\n6,5000\n7,5200\n".encode(), "表格": uploads.docx()}.items()
    }  # fmt: skip
    files.store(upload(scan, "证书.png"), firm, "paper:2", "evidence", **told)
    lost = files.store(upload(b"a paper that is lost", "丢失.txt"), one, "paper:3", "evidence", **told)
    assert lost.blob is not None
    Path(vault.place(bytes(lost.blob.digest))).write_bytes(b"x")
    return {"worker": user, "agent": firm.user, "officer": User.objects.get(login="papers-officer"), **found, "lost": lost,
            "purposes": {f"purpose of file {each.uid}": "review" for each in found.values()}}  # fmt: skip


def file_page(name: str, visitor: str = "worker", status: int = 200) -> Page:
    return Page(
        "files:file", folder, lambda world: world[visitor], lambda world: {"uid": world[name].uid}, status=status
    )


PAGES = [
    Page("files:mine", folder, lambda world: world["worker"]),
    Page("files:firm", folder, lambda world: world["agent"]),
    *(file_page(name) for name in ("证书", "合同", "流水", "表格")),
    file_page("证书", "officer"),
    file_page("lost", status=502),
]
NOT_PAGES = {
    "files:copy": "a picture or a PDF; looked at in test_pages.py",
    "files:download": "a file to download",
}
