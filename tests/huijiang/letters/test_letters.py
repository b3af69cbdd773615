"""A letter goes out once, says the same for good, can be verified by whoever holds it, and its service is on record."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from pypdf import PdfReader

from huijiang.access.viewers import as_agent, as_worker
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import today
from huijiang.files import vault
from huijiang.files.models import File
from huijiang.letters import rendering
from huijiang.letters import services as letters
from huijiang.letters.issuing import sm3
from huijiang.letters.models import Letter, Office
from huijiang.sealed import keys, rotation
from tests.huijiang.access.world import World, agent, worker
from tests.huijiang.accounts.people import account
from tests.huijiang.letters.samples import MONEY, SAMPLES


def issued(world: World, kind: str = "grant", **more: Any) -> Letter:
    told: dict[str, Any] = {"to": letters.To(person=world.people[0].pk), "by": None, "values": SAMPLES[kind],
                            "amount": 200_000 if kind in MONEY else None, **more}  # fmt: skip
    return letters.issue(kind, "claim:1", region="339901", **told)


def text(content: bytes) -> str:
    return "".join(each.extract_text() for each in PdfReader(BytesIO(content)).pages).replace("\n", "").replace(" ", "")


def pdf(letter: Letter) -> bytes:
    assert letter.file.blob is not None
    return b"".join(vault.read(letter.file.blob))


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"), (5, "伍分"), (30, "叁角整"), (35, "叁角伍分"), (200_000, "贰仟元整"), (100_503, "壹仟零伍元零叁分"),
        (1_000_500, "壹万零伍元整"), (123_456_789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"), (1_000_000_000, "壹仟万元整"),
        (10_000_000_100, "壹亿零壹元整"), (100_010, "壹仟元壹角整"), (20_100_000, "贰拾万壹仟元整"),
    ],
)  # fmt: skip
def test_an_amount_is_written_in_capitals_as_on_a_cheque(fen: int, words: str) -> None:
    assert rendering.capitals(fen) == words


def test_every_kind_says_what_it_was_given_carries_its_fonts_and_is_set_again_to_the_byte(world: World) -> None:
    for kind, values in SAMPLES.items():
        letter = issued(world, kind, language="en")
        content = pdf(letter)
        said = text(content)
        for each in [v for v in values.values() if isinstance(v, str)]:
            assert each.replace(" ", "") in said, (kind, each)
        assert letter.number in said
        assert letter.get_kind_display()[-3:] in said
        assert "Courtesytranslation" in said
        again = Letter.objects.get(pk=letter.pk)
        assert rendering.render(rendering.Sheet.of(again, "http://localhost:8000")) == content
        assert again.digest == sm3(content)
        fonts = {name for page in PdfReader(BytesIO(content)).pages for name in page["/Resources"]["/Font"].values()}  # type: ignore[index]
        assert any("/FontFile2" in each.get_object().get("/FontDescriptor", {}) for each in fonts)


def test_numbers_of_a_kind_and_year_have_no_gaps(world: World) -> None:
    Office.objects.create(region=world.x, name="甲区人力资源和社会保障局", sign="甲人社技")
    day = dt.date(2026, 6, 30)
    assert issued(world, on=day).number == "甲人社技准〔2026〕1号"
    with pytest.raises(letters.Incomplete), transaction.atomic():
        issued(world, on=day, amount=None)
    mark = transaction.savepoint()
    issued(world, on=day)
    transaction.savepoint_rollback(mark)  # the decision fell
    assert issued(world, on=day).number == "甲人社技准〔2026〕2号"
    assert issued(world, "refusal", on=day).number == "甲人社技不准〔2026〕1号"
    assert issued(world, on=dt.date(2027, 1, 1)).number == "甲人社技准〔2027〕1号"


def test_what_is_missing_unknown_or_of_the_wrong_shape_is_named(world: World) -> None:
    with pytest.raises(letters.Incomplete) as told:
        issued(world, values={"case": "", "benefit": "a", "working": "no list", "extra": "b"}, amount=None)
    for each in ("clause: 缺", "case: str", "working: str", "extra: 模板没有", "amount: 缺"):
        assert each in str(told.value)
    assert not Letter.objects.exists()


def test_rare_characters_of_a_name_are_shown(world: World) -> None:
    type(world.people[0]).objects.filter(pk=world.people[0].pk).update(name="林喆堃")
    assert "林喆堃" in text(pdf(issued(world)))


def test_a_letter_does_not_change_and_is_not_deleted(world: World) -> None:
    letter = issued(world)
    letters.serve(None, letter, "counter", "self")
    letters.withdraw(None, letter, "revoked")
    for change in (
        lambda: Letter.objects.update(amount=1), lambda: Letter.objects.update(digest="0"),
        lambda: Letter.objects.update(on="2026-01-01"), lambda: Letter.objects.all().delete(),
        lambda: letter.services.update(on="2020-01-01"), lambda: letter.services.all().delete(),
        lambda: type(letter.withdrawal).objects.update(reason="ended"),
        lambda: File.objects.filter(pk=letter.file_id).delete(),
    ):  # fmt: skip
        with pytest.raises((DatabaseError, Exception), match=r"pgtrigger|protected"), transaction.atomic():
            change()


def test_a_letter_is_found_by_its_code_also_after_the_keys_changed(world: World) -> None:
    letter = Letter.objects.get(pk=issued(world).pk)
    code = letter.code.open()
    assert len(code) == 16
    before = pdf(letter)
    rotation.begin(keys.path())
    rotation.fill()
    rotation.finish(keys.path())
    page = Client().get(f"/verify/{code}/")
    assert "准予决定书" in page.content.decode()
    again = Letter.objects.get(pk=letter.pk)
    assert rendering.render(rendering.Sheet.of(again, "http://localhost:8000")) == before


def test_anybody_with_the_code_sees_whether_the_letter_holds_and_only_a_masked_name(world: World) -> None:
    letter = Letter.objects.get(pk=issued(world).pk)
    code = letter.code.open()
    page = Client().get(f"/verify/{code}/").content.decode()
    for each in ("准予决定书", letter.number, letter.on.isoformat(), "2,000.00", letter.office["name"], "林*", "有效"):
        assert each in page
    assert "林一" not in page
    dashed = f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}".lower()
    assert Client().post("/verify/", {"code": dashed}).headers["Location"] == f"/verify/{code}/"
    new = issued(world)
    letters.withdraw(None, letter, "corrected", new)
    page = Client().get(f"/verify/{code}/").content.decode()
    assert "已失效" in page
    assert "更正后重新出具" in page
    assert new.number in page
    hidden = Letter.objects.get(pk=issued(world, named=False).pk)
    assert "林" not in Client().get(f"/verify/{hidden.code.open()}/").content.decode()
    for wrong in ("ABCDEFGHJKLMNPQR", "short", "x" * 90, "../../etc"):
        answer = Client().get(f"/verify/{wrong}/")
        assert answer.status_code == 404
    assert "没有这个核验码" in Client().get("/verify/ABCDEFGHJKLMNPQR/").content.decode()


def test_opening_a_letter_signed_in_as_its_addressee_is_its_service_once(world: World) -> None:
    letter = issued(world)
    user = worker(world, 0)
    one, two, firm = as_worker(user), as_worker(worker(world, 1)), as_agent(agent(world, 0))
    assert one
    assert two
    assert firm
    assert (letters.read(two, letter), letters.read(firm, letter), letters.is_served(letter)) == (False, False, False)
    assert (letters.read(one, letter), letters.read(one, letter)) == (True, False)
    (served,) = letter.services.all()
    assert (served.way, served.receiver, served.on, served.by) == ("in_app", "self", today(), user)
    assert letters.served_on(letter) == today()
    officer = account("officer", Role.COUNTER, where=world.x)
    with pytest.raises(ValueError, match="送达日期"):
        letters.serve(officer, letter, "counter", "self", on=today() + dt.timedelta(days=1))
    with pytest.raises(DatabaseError, match="service_by_post_tracked"), transaction.atomic():
        letters.serve(officer, letter, "post", "self")
