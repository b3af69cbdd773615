"""The demo's invented city: one document with its full text, text and rule side by side, in no real installation."""

from __future__ import annotations

import pytest
from django.test import Client

from huijiang.accounts.models import Role
from huijiang.accounts.viewers import today
from huijiang.documents import invented, releases
from tests.huijiang.documents.pages import staff
from tests.huijiang.documents.test_library_pages import words
from tiaowen.files import default_folder

pytestmark = pytest.mark.django_db


def test_the_invented_document_is_released_with_its_printed_text_beside_its_rules(client: Client) -> None:
    maker, checker = staff("maker", Role.STEWARD), staff("checker", Role.STEWARD_APPROVER)
    example = invented.folder(default_folder())
    office = {
        name: text for name, text in releases.read_folder(default_folder()).items() if name.startswith("vocabulary/")
    }
    files = invented.with_invented(office, example)
    release = releases.make(files, maker, originals=invented.originals(example, maker))
    releases.approve(release, checker, today())
    page = words(client.get(f"/policies/{invented.NAME}/二/").content.decode())
    assert "条款原文" in page
    assert "培训机构当年在本市培训满20人次的,按每人次200元补助" in page  # as printed
    assert "满20人次" in page  # as it runs
    assert client.get(f"/policies/{invented.NAME}/original.txt").content.decode().startswith("临溪市人民政府办公室")
    assert words(client.get("/compare/").content.decode()).count("临溪市") >= 1


def test_without_the_guide_at_hand_the_files_stay_as_they_are() -> None:
    files = {"vocabulary/regions.md": "x"}
    assert invented.with_invented(files, invented.folder(default_folder()) / "nowhere") == files
