"""The pages as their readers get them: who sees what, what is stored, what a repeat does."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huijiang.access.models import Consent, Sighting
from huijiang.accounts.models import User
from huijiang.audit.models import Event
from huijiang.entitlements import desk, firm
from huijiang.entitlements.models import NightlyRun, Objection, Standing
from huijiang.registry.models import MODELS, Organisation, Person
from tests.huijiang.entitlements.town import CHIEF, DAY, NUMBER, Town
from tiaowen.workbook import write_sample

SignIn = Callable[[User], Client]


def of_chief(here: Town, name: str = "one") -> str:
    document, _hash, rule = CHIEF.partition("#")
    return reverse(f"entitlements:{name}", args=[document, rule, here.holder])


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_the_counts_on_the_headings_are_those_of_the_lists(here: Town, as_user: SignIn) -> None:
    page = text(as_user(here.worker_user).get(reverse("entitlements:mine")))
    for part in re.findall(r'<section id="[a-z]+">.*?</section>', page, re.DOTALL):
        count = int(re.search(r'class="count">(\d+)<', part)[1])  # type: ignore[index]
        assert count == part.count('<article class="benefit') + part.count('class="benefit-line"')
    assert page.count('<section id="') >= 3


def test_a_worker_sees_nobody_elses_result(here: Town, as_user: SignIn) -> None:
    document, _hash, rule = CHIEF.partition("#")
    client = as_user(here.worker_user)
    assert client.get(reverse("entitlements:one", args=[document, rule, "recognition:999999"])).status_code == 404
    assert (
        client.get(
            reverse("entitlements:one", args=["zhejiang-2023", "titles-open", f"person:{here.colleague.pk}"])
        ).status_code
        == 404
    )
    assert client.get(reverse("entitlements:person", args=[here.worker.uid])).status_code == 403
    assert "林大力" not in text(client.get(reverse("entitlements:facts")))


def test_an_objection_is_stored_once(here: Town, as_user: SignIn) -> None:
    client = as_user(here.worker_user)
    said = {"condition": "condition:萧山区选树", "words": "是区里发的文"}
    first = client.post(of_chief(here, "object"), said)
    again = client.post(of_chief(here, "object"), said)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    (stored,) = Objection.objects.all()
    assert (stored.condition, stored.words, stored.benefit) == ("萧山区选树", "是区里发的文", CHIEF)
    assert "区首席技师工作津贴" in stored.shown
    assert stored.uid.hex[:8].upper() in text(client.get(first["Location"]))


@pytest.mark.parametrize(
    "said", [{}, {"words": "x"}, {"condition": "amount"}, {"condition": "condition:编的", "words": "x"}]
)
def test_a_bad_objection_is_answered_and_not_stored(here: Town, as_user: SignIn, said: dict[str, str]) -> None:
    answer = as_user(here.worker_user).post(of_chief(here, "object"), said)
    assert answer.status_code == 422
    assert not Objection.objects.exists()


def test_an_objection_is_answered_by_another_person_once(here: Town, as_user: SignIn) -> None:
    as_user(here.worker_user).post(of_chief(here, "object"), {"condition": "amount", "words": "少了一个月"})
    (stored,) = Objection.objects.all()
    address = reverse("entitlements:objection_answer", args=[stored.uid])
    assert as_user(here.counter_user).get(address).status_code == 403
    reviewer = as_user(here.reviewer_user)
    assert "少了一个月" in text(reviewer.get(address))
    reviewer.post(address, {"words": "从发文当月起算，十八个月。"})
    reviewer.post(address, {"words": "第二个答复"})
    stored.refresh_from_db()
    assert (stored.answer, stored.answered_by) == ("从发文当月起算，十八个月。", here.reviewer_user)
    assert "十八个月" in text(as_user(here.worker_user).get(reverse("entitlements:objection", args=[stored.uid])))


@pytest.mark.parametrize("words", ["林小英", "lin xiao", NUMBER, NUMBER[:6] + " " + NUMBER[6:]])
def test_a_person_is_found_by_name_sound_or_number(here: Town, as_user: SignIn, words: str) -> None:
    page = text(as_user(here.counter_user).post(reverse("entitlements:people"), {"words": words, "purpose": "counter"}))
    assert f"/desk/people/{here.worker.uid}/" in page
    assert NUMBER not in page.replace(f'value="{words}"', "")
    assert str(here.stranger.uid) not in page
    assert NUMBER not in str(list(Event.objects.values_list("details", flat=True)))


@pytest.mark.parametrize("enough", [500, 1])  # few bear the name, or more than are looked up one by one
def test_whoever_belongs_by_a_spell_alone_is_found_and_a_namesake_elsewhere_is_not(
    here: Town, as_user: SignIn, monkeypatch: pytest.MonkeyPatch, enough: int
) -> None:
    monkeypatch.setattr(desk, "ENOUGH", enough)
    told: dict[str, Any] = {"source": "登记", "as_of": DAY}
    ours, theirs = (Person.objects.create(name="诸葛远", managed_by=here.yuyao, **told) for _ in range(2))
    MODELS["insurance"].objects.create(
        worker=ours, kind="职工社会保险", started_on="2024-01-01", managed_by=here.xiaoshan, **told
    )
    page = text(
        as_user(here.counter_user).post(reverse("entitlements:people"), {"words": "诸葛远", "purpose": "counter"})
    )
    assert f"/desk/people/{ours.uid}/" in page
    assert str(theirs.uid) not in page


def test_another_regions_officer_finds_nobody_here(here: Town, as_user: SignIn) -> None:
    client = as_user(here.elsewhere_user)
    assert str(here.worker.uid) not in text(
        client.post(reverse("entitlements:people"), {"words": "林小英", "purpose": "enquiry"})
    )
    assert client.get(reverse("entitlements:person", args=[here.worker.uid])).status_code == 404
    assert client.get(reverse("entitlements:firm_seen", args=[here.trainer.uid])).status_code == 404
    assert client.get(reverse("entitlements:person", args=[uuid.uuid4()])).status_code == 404


def test_a_person_opens_only_with_a_purpose_and_sees_who_looked(here: Town, as_user: SignIn) -> None:
    client, address = as_user(here.counter_user), reverse("entitlements:person", args=[here.worker.uid])
    assert "12,000" not in text(client.get(address))
    assert not Sighting.objects.exists()
    assert client.post(address, {"purpose": "curiosity"}).status_code == 422
    client.post(address, {"purpose": "counter"})
    page = text(client.get(address))
    assert "区首席技师工作津贴" in page
    assert NUMBER not in page
    seen = Sighting.objects.get(person=here.worker)
    assert (seen.viewer, seen.purpose) == (here.counter_user, "counter")


def test_a_number_is_unmasked_one_by_one(here: Town, as_user: SignIn) -> None:
    client, person = as_user(here.counter_user), reverse("entitlements:person", args=[here.worker.uid])
    unmask, said = reverse("entitlements:unmask", args=[here.worker.uid]), {"document": here.worker.documents.get().pk}
    assert client.post(unmask, said).status_code == 302  # no purpose given yet
    assert not Sighting.objects.exists()
    client.post(person, {"purpose": "counter"})
    assert NUMBER in text(client.post(unmask, said))
    assert client.get(unmask).status_code == 405
    assert client.post(unmask, {"document": "x"}).status_code == 404
    assert Sighting.objects.filter(columns=["identity_document.number"]).count() == 1
    hotline = as_user(here.hotline_user)
    hotline.post(person, {"purpose": "enquiry"})
    assert hotline.post(unmask, said).status_code == 403


def night(here: Town, state: str = "ready") -> None:
    run = NightlyRun.objects.create(region=here.xiaoshan, release="r", on="2026-11-22", snapshot_at="2026-11-22T00:00Z",
                                    ended_at="2100-01-01T00:00Z")  # fmt: skip
    told = {"region": here.xiaoshan, "state": state, "first_run": run}
    Standing.objects.create(
        person=here.worker, benefit=CHIEF, holder=here.holder, low=3_600_000, high=3_600_000, **told
    )
    Standing.objects.create(organisation=here.trainer, benefit="xiaoshan-2025-3#trainer-grant",
                            holder=f"certificate:{here.certificate.pk}", low=100_000, high=100_000, **told)  # fmt: skip


def test_a_firm_sees_its_own_sum_and_no_employee(here: Town, as_user: SignIn) -> None:
    night(here)
    Person.objects.filter(pk__in=(here.worker.pk, here.colleague.pk)).update(employer=here.trainer)
    client = as_user(here.agent_user)
    page = text(client.get(reverse("entitlements:firm_results")))
    assert "培训机构高技能人才培养资助" in page
    assert "1,000 元" in page
    assert "不到 3 名" in page  # one employee: so few that a figure would name them
    assert "区首席技师工作津贴" not in page
    assert "林小英" not in page
    assert not Consent.objects.exists()


def test_a_benefit_of_too_many_events_is_told_by_last_nights_figures(
    here: Town, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(here)
    client = as_user(here.agent_user)
    address = reverse("entitlements:firm_result", args=["xiaoshan-2025-3", "trainer-grant"])
    assert client.get(address).status_code == 200
    monkeypatch.setattr(firm, "MOST_LIVE", 0)
    answer = client.get(address, follow=True)
    assert answer.redirect_chain == [(reverse("entitlements:firm_results"), 302)]
    assert "不能逐件现算" in text(answer)
    assert "1,000 元" in text(answer)


def test_an_employee_is_named_to_the_firm_only_while_they_agree(here: Town, as_user: SignIn) -> None:
    night(here)
    Person.objects.filter(pk=here.worker.pk).update(employer=here.trainer)
    client, address = as_user(here.agent_user), reverse("entitlements:firm_staff")
    assert "林小英" not in text(client.get(address))
    given = Consent.objects.create(
        person=here.worker,
        organisation=here.trainer,
        purpose="entitlements",
        given_by=here.worker_user,
        until="2100-01-01",
    )
    page = text(client.get(address))
    assert "林小英" in page
    assert "36,000 元" in page
    assert Sighting.objects.get(person=here.worker).viewer == here.agent_user
    given.withdrawn_at = given.given_at = "2026-11-22T00:00Z"
    given.save()
    assert "林小英" not in text(client.get(address))


def test_a_firm_opens_each_case_of_its_own(here: Town, as_user: SignIn) -> None:
    client = as_user(here.agent_user)
    page = text(client.get(reverse("entitlements:firm_result", args=["xiaoshan-2025-3", "trainer-grant"])))
    assert "1,000" in page
    assert "林小英" not in page
    assert (
        client.get(
            reverse("entitlements:firm_result", args=["xiaoshan-2025-3", "chief-technician-allowance"])
        ).status_code
        == 404
    )
    assert client.get(reverse("entitlements:firm_result", args=["no", "such"])).status_code == 404


def test_a_roster_is_judged_and_not_kept(here: Town, as_user: SignIn, tmp_path: Path) -> None:
    from huijiang.registry.vocabulary import vocabulary

    write_sample(tmp_path / "roster.xlsx", vocabulary(), staff=100)
    people, client = Person.objects.count(), as_user(here.agent_user)
    content = (tmp_path / "roster.xlsx").read_bytes()
    page = client.post(
        reverse("entitlements:firm_staff"), {"file": SimpleUploadedFile("r.xlsx", content), "as": "page"}
    )
    assert page.status_code == 200
    assert "可以申领" in text(page)
    report = client.post(
        reverse("entitlements:firm_staff"), {"file": SimpleUploadedFile("r.xlsx", content), "as": "report"}
    )
    assert report["Content-Disposition"].startswith("attachment")
    assert Person.objects.count() == people


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 broken", b"name,level\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"]
)
def test_what_is_no_roster_is_answered(here: Town, as_user: SignIn, content: bytes) -> None:
    file = SimpleUploadedFile("r.xlsx", content)
    answer = as_user(here.agent_user).post(reverse("entitlements:firm_staff"), {"file": file, "as": "page"})
    assert answer.status_code == 422
    assert "错误" in text(answer)


def test_the_empty_template_is_a_workbook_and_asks_to_be_filled(here: Town, as_user: SignIn) -> None:
    client = as_user(here.agent_user)
    template = client.get(reverse("entitlements:roster_template")).content
    file = io.BytesIO(template)
    file.name = "roster.xlsx"
    answer = client.post(reverse("entitlements:firm_staff"), {"file": file, "as": "page"})
    assert answer.status_code == 422
    assert "工作表" in text(answer)


FORM = "项目,填写\n单位名称,乙培训学校\n统一社会信用代码,91339999MA0000001M\n所在地区,浙江省/杭州市/萧山区\n单位类型,培训机构\n填报日期,2026-11-01\n"
STAFF = "姓名,证件号码,工号,入职日期\n林䶮,33999919850607013X,A1,2024-03-01\n"  # the second character is none of GBK's


def sent(client: Client, *files: tuple[str, bytes]) -> Any:
    held = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(reverse("entitlements:firm_staff"), {"file": held, "as": "page"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_roster_may_come_as_csv_files_of_its_sheets(here: Town, as_user: SignIn, encoding: str) -> None:
    client = as_user(here.agent_user)
    Organisation.objects.filter(pk=here.trainer.pk).update(uscc="91339999MA0000001M")
    alone = sent(client, ("export 2026-11.csv", STAFF.encode(encoding)))
    assert alone.status_code == 200, text(alone)
    assert "职工 1 名" in text(alone)
    both = sent(client, ("填报说明.csv", FORM.encode(encoding)), ("职工花名册.csv", STAFF.encode(encoding)))
    assert both.status_code == 200, text(both)
    assert "职工 1 名" in text(both)


def test_mistakes_in_csv_files_are_told_with_file_row_and_column(here: Town, as_user: SignIn) -> None:
    client = as_user(here.agent_user)
    number = sent(client, ("职工花名册.csv", STAFF.replace("013X", "0131").encode()))
    assert number.status_code == 422
    assert "第 2 行" in text(number)
    assert "证件号码" in text(number)
    wrong = {
        "不知道是哪张表": [("职工花名册.csv", STAFF.encode()), ("别的.csv", b"a\n")],
        "不能混在一起": [("职工花名册.csv", STAFF.encode()), ("r.xlsx", b"PK")],
        "一次只读一个工作簿": [("a.xlsx", b"PK"), ("b.xlsx", b"PK")],
        "既不是 UTF-8": [("职工花名册.csv", b"\xff\xff\xff")],
        "不是完整的 CSV": [("职工花名册.csv", STAFF.encode() + b'"')],
        "同名": [("职工花名册.csv", STAFF.encode()), ("职工花名册.csv", STAFF.encode())],
    }
    for words, files in wrong.items():
        answer = sent(client, *files)
        assert answer.status_code == 422, words
        assert words in text(answer)
    packed = zipfile.ZipFile(io.BytesIO(client.get(reverse("entitlements:roster_template") + "?as=csv").content))
    assert packed.read("职工花名册.csv").decode("utf-8-sig").startswith("工号")
    assert "填报说明.csv" in packed.namelist()


def test_a_purpose_said_in_a_search_holds_for_what_is_opened_and_everybody_listed_can_read_it(
    here: Town, as_user: SignIn
) -> None:
    desk = as_user(here.counter_user)
    search, person = reverse("entitlements:people"), reverse("entitlements:person", args=[here.worker.uid])
    assert desk.post(search, {"words": "林"}).status_code == 422
    assert not Sighting.objects.exists(), "nobody was listed"
    desk.post(search, {"words": "林", "purpose": "enquiry"})
    listed = Sighting.objects.filter(columns=["search"])
    assert {each.person for each in listed} == {here.worker, here.colleague}
    assert "答复本人咨询" in text(desk.get(person)), "not asked again"
    assert 'value="enquiry" selected' in text(desk.get(search))

    assert "请说明用途" in text(desk.get(f"{person}?why=1"))
    desk.post(person, {"purpose": "inspection"})
    assert "监督检查" in text(desk.get(person))
    session = desk.session
    session["purposes"] = {
        each: [said, "2020-01-01T00:00:00+00:00"] for each, (said, _u) in session["purposes"].items()
    }
    session.save()
    assert "请说明用途" in text(desk.get(person)), "four hours are over"


def test_a_firm_is_opened_with_a_purpose_and_reads_who_looked(here: Town, as_user: SignIn) -> None:
    desk, firm = as_user(here.counter_user), reverse("entitlements:firm_seen", args=[here.trainer.uid])
    assert "请说明用途" in text(desk.get(firm))
    assert not Sighting.objects.exists()
    assert desk.post(firm, {"purpose": "data"}).status_code == 302
    assert "核对数据" in text(desk.get(firm))
    desk.post(reverse("entitlements:firms"), {"words": "乙培训", "purpose": "inspection"})
    assert list(Sighting.objects.order_by("id").values_list("organisation", "purpose", "columns")) == [
        (here.trainer.pk, "data", ["results"]), (here.trainer.pk, "inspection", ["search"]),
    ]  # fmt: skip
    told = text(as_user(here.agent_user).get(reverse("access:firm_seen_by")))
    assert "陈窗口" in told
    assert "核对数据" in told
    assert "查找结果中的一行" in told
