"""A dossier holds every part, in order, with page numbers that agree and digests that can be checked."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from django.http import Http404
from PIL import Image
from pypdf import PdfReader

from huijiang.access.models import Sighting
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, as_staff
from huijiang.files import dossiers, watermark
from huijiang.files import services as files
from tests.huijiang.access.world import World
from tests.huijiang.accounts.people import account
from tests.huijiang.files import uploads
from tests.huijiang.files.uploads import upload


def sm3(content: bytes) -> str:
    work = hashes.Hash(hashes.SM3())
    work.update(content)
    return work.finalize().hex()


@pytest.fixture
def officer(world: World) -> Viewer:
    found = as_staff(account("auditor", Role.AUDITOR, name="王审计", where=world.x))
    assert found
    return found


PAPERS = {
    "证书": uploads.pdf(3, "certificate"), "照片": uploads.picture(form="JPEG"),
    "流水": "姓名,金额\n林一,5000\n".encode(), "合同": uploads.docx(),
}  # fmt: skip


@pytest.fixture
def case(world: World, officer: Viewer) -> dossiers.Dossier:
    held = {
        title: files.store(upload(content, title), officer, "paper:1", "evidence", region="339901",
                           person=world.people[0].pk)
        for title, content in PAPERS.items()
    }  # fmt: skip
    return dossiers.Dossier("技能提升补贴", "萧-2026-000123", {"申请人": "林一", "金额": "2,000.00 元"}, [
        dossiers.Words("办理经过", ["2026-06-30 提交", "2026-07-02 受理"]),
        *(dossiers.Paper(title, each.uid) for title, each in held.items()),
        dossiers.Grid("核查结果", ("项目", "结果"), [("社会保险", "通过"), ("重复申领", "没有发现")]),
    ])  # fmt: skip


def test_the_bound_pdf_has_cover_contents_parts_and_manifest(officer: Viewer, case: dossiers.Dossier) -> None:
    made = dossiers.as_pdf(officer, case, "inspection")
    reader = PdfReader(BytesIO(made.content))
    pages = [each.extract_text().replace("\n", "") for each in reader.pages]
    # cover, contents, 1 record, 3 + 1 + 1 + 1 of papers, 1 table, manifest
    assert len(pages) == made.pages == 11
    assert [(each.title, each.first, each.last) for each in made.manifest] == [
        ("办理经过", 3, 3), ("证书", 4, 6), ("照片", 7, 7), ("流水", 8, 8), ("合同", 9, 9), ("核查结果", 10, 10),
    ]  # fmt: skip
    for number, text in enumerate(pages, start=1):
        assert f"第 {number} 页，共 {len(pages)} 页" in text
    assert "技能提升补贴" in pages[0]
    assert "王审计" in pages[0]
    assert "certificate 1" in pages[3]
    assert "社会保险" in pages[9]
    assert [each.title for each in reader.outline] == [f"{n}. {each.title}" for n, each in enumerate(case.parts, 1)]  # type: ignore[union-attr]
    assert [each.digest for each in made.manifest] == ["", *(sm3(each) for each in PAPERS.values()), ""]
    assert Sighting.objects.filter(viewer=officer.user, purpose="inspection").count() == 4


def test_the_audit_pack_holds_originals_that_agree_with_its_manifest(officer: Viewer, case: dossiers.Dossier) -> None:
    chunks = list(
        dossiers.as_archive(officer, "审计包 2026", [case, replace(case, number="萧-2026-000124")], "inspection")
    )
    assert len(chunks) > 10
    with zipfile.ZipFile(BytesIO(b"".join(chunks))) as pack:
        assert pack.testzip() is None
        told: dict[str, Any] = json.loads(pack.read("manifest.json"))
        one = told["cases"][0]
        assert sm3(pack.read("萧-2026-000123/卷宗.pdf")) == one["pdf"]
        found = {each["part"]: sm3(pack.read(each["file"])) for each in one["originals"]}
        assert found == {each["number"]: each["digest"] for each in one["parts"] if each["digest"]}
        assert len(found) == 4


def test_a_dossier_holds_nothing_that_its_reader_may_not_see(world: World, case: dossiers.Dossier) -> None:
    elsewhere = as_staff(account("elsewhere", Role.AUDITOR, where=world.y))
    assert elsewhere
    with pytest.raises(Http404):
        dossiers.as_pdf(elsewhere, case, "inspection")


def test_a_watermarked_picture_is_another_picture_and_a_watermarked_pdf_says_who_looked(home: Any) -> None:
    lines = ["王审计 2026-06-30 10:00", "监督检查"]
    plain = uploads.drawing(3, (3_000, 1_500))
    plain.info["comment"] = "secret"
    shown = Image.open(BytesIO(watermark.picture(uploads.picture(plain, "JPEG"), lines)))
    assert shown.size == (2_000, 1_000)
    small = plain.resize(shown.size)
    changed = sum(a != b for a, b in zip(small.convert("L").tobytes(), shown.convert("L").tobytes(), strict=True))
    assert changed > 50_000
    reader = PdfReader(BytesIO(watermark.pages(uploads.pdf(70), lines)))
    assert len(reader.pages) == 60
    assert all("王审计" in each.extract_text() for each in reader.pages[:2])
