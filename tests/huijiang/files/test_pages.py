"""A person keeps papers of their own, an officer looks with a purpose, and what each gets says who looked."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader

from huijiang.access.models import Sighting
from huijiang.access.viewers import as_worker
from huijiang.accounts.models import Role
from huijiang.audit.models import Event
from huijiang.files import services as files
from huijiang.files import vault
from huijiang.files.models import File
from tests.huijiang.access.world import World, agent, worker
from tests.huijiang.accounts.people import account, signed_in
from tests.huijiang.files import uploads
from tests.huijiang.files.uploads import upload


def put(client: Any, content: bytes, name: str = "a.pdf", path: str = "/my/files/") -> Any:
    return client.post(path, {"file": SimpleUploadedFile(name, content, "text/html")})


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_worker_stores_a_paper_looks_at_it_and_takes_it_away(world: World) -> None:
    client = signed_in(worker(world, 0))
    assert put(client, uploads.picture(), "../../证书<script>.html").status_code == 302
    held = File.objects.get()
    assert (held.purpose, held.person, held.region) == ("own", world.people[0], world.x)
    page = client.get(f"/files/{held.uid}/").content.decode()
    assert "<script>.html" not in page
    shown = client.get(f"/files/{held.uid}/copy/")
    assert (shown.headers["Content-Type"], Image.open(BytesIO(shown.content)).format) == ("image/jpeg", "JPEG")
    taken = client.get(f"/files/{held.uid}/download/")
    assert body(taken) == uploads.picture()
    assert taken.headers["Content-Type"] == "image/png"
    assert taken.headers["Content-Disposition"].endswith(".png")
    assert "attachment" in taken.headers["Content-Disposition"]
    assert taken.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in taken.headers["Cache-Control"]


def test_what_is_refused_is_said_beside_the_field_and_nothing_is_kept(world: World, settings: Any) -> None:
    client = signed_in(worker(world, 0))
    for content, said in (
        (b"MZ" + bytes(60), "这是程序"),
        (uploads.bomb(), "展开后太大"),
        (b"<svg/>", "不收网页"),
        (b"", "空"),
    ):
        answer = put(client, content, "证书.pdf")
        assert (answer.status_code, said in answer.content.decode()) == (422, True), said
    settings.LARGEST_BODY = 10_000
    answer = put(client, bytes(20_000))
    assert (answer.status_code, "没有接收" in answer.content.decode()) == (413, True)
    assert not File.objects.exists()


@pytest.mark.parametrize("kind", ["pdf", "txt", "docx"])
def test_an_officer_says_why_first_and_the_copy_carries_their_name(world: World, kind: str) -> None:
    content = {"pdf": uploads.pdf(2), "txt": "证明：在岗。".encode(), "docx": uploads.docx()}[kind]
    one = worker(world, 0)
    put(signed_in(one), content)
    held = files.attach(*_own(world, one), "paper:1", "evidence", region="339901")
    officer = account("officer", Role.REVIEWER, name="王审核", where=world.x)
    client, address = signed_in(officer), f"/files/{held.uid}/"
    assert "为什么查看" in client.get(address).content.decode()
    for hidden in ("copy/", "download/"):
        assert client.get(address + hidden).status_code == 404
    assert client.post(address, {"purpose": "curiosity"}).status_code == 422
    assert client.post(address, {"purpose": "review"}).status_code == 302
    page = client.get(address).content.decode()
    if kind == "txt":
        assert "证明：在岗。" in page
        assert "王审核" in page
    if kind == "pdf":
        assert "王审核" in PdfReader(BytesIO(client.get(f"{address}copy/").content)).pages[1].extract_text()
    assert body(client.get(f"{address}download/")) == content
    assert Sighting.objects.filter(viewer=officer, purpose="review", columns=["file.download"]).count() == 1
    assert "下载了材料原件" in signed_in(one).get("/my/seen-by/").content.decode()
    assert Event.objects.filter(action="files.download", actor=str(officer.uid)).count() == 1


def _own(world: World, user: Any) -> tuple[Any, File]:
    viewer = as_worker(user)
    assert viewer is not None
    return viewer, File.objects.get()


def test_a_guessed_address_of_anothers_paper_leads_nowhere(world: World) -> None:
    put(signed_in(worker(world, 0)), uploads.pdf())
    uid = File.objects.get().uid
    strangers = [worker(world, 1), agent(world, 0), account("plain"), account("far", Role.REVIEWER, where=world.y),
                 account("near", Role.REVIEWER, where=world.x)]  # fmt: skip
    for stranger in strangers:
        for part in ("", "copy/", "download/"):
            assert signed_in(stranger).get(f"/files/{uid}/{part}").status_code == 404, (stranger.login, part)


def test_a_paper_that_was_altered_is_not_shown_in_part(world: World) -> None:
    client = signed_in(worker(world, 0))
    put(client, uploads.picture())
    held = File.objects.get()
    assert held.blob is not None
    place = vault.place(bytes(held.blob.digest))
    place.write_bytes(place.read_bytes()[:-3])
    answer = client.get(f"/files/{held.uid}/copy/")
    assert (answer.status_code, "打不开" in answer.content.decode()) == (502, True)


def test_an_officer_is_told_that_a_scan_was_used_before_and_not_by_whom(world: World) -> None:
    one, two = _viewer(world, 0), _viewer(world, 1)
    files.store(upload(uploads.picture(), "a.png"), two, "paper:7", "evidence", region="339901")
    held = files.store(upload(uploads.picture(), "a.png"), one, "paper:1", "evidence", region="339901")
    client = signed_in(account("officer", Role.REVIEWER, where=world.x))
    client.post(f"/files/{held.uid}/", {"purpose": "review"})
    page = client.get(f"/files/{held.uid}/").content.decode()
    assert "同一份文件在别的办件里用过" in page
    assert "林二" not in page
    assert "同一份" not in signed_in(one.user).get(f"/files/{held.uid}/").content.decode()


def _viewer(world: World, number: int) -> Any:
    return as_worker(worker(world, number))
