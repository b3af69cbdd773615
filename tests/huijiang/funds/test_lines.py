"""Opening a line on the page: once, whole or not at all; and its rule, that may change until money is held."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils.html import strip_tags

from huijiang.accounts.models import Grant, Role
from huijiang.accounts.viewers import today
from huijiang.audit.models import Event
from huijiang.funds import budget, reserving
from huijiang.funds.models import Line, Reservation, RuleChange, Share, Source
from huijiang.jobs.models import Run
from huijiang.sealed import keys
from tests.huijiang.accounts.people import signed_in
from tests.huijiang.claims.office import office
from tests.huijiang.entitlements.town import CHIEF, account, town
from tests.huijiang.funds.many import payable
from tests.huijiang.funds.treasury import DAY, Treasury

pytestmark = pytest.mark.django_db


@pytest.fixture
def treasury(db: None, settings: Any, tmp_path: Path) -> Treasury:
    """People of finance, and a line of this year for all of a source, without money."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return Treasury(office(town()), yuan=0)


def kept() -> tuple[int, ...]:
    """What opening a line would add to."""
    return (Line.objects.count(), Share.objects.count(), Event.objects.filter(action="funds.line_opened").count(),
            Run.objects.filter(kind="funds.serve_waiting").count())  # fmt: skip


def test_finance_opens_a_line_on_the_page_once_and_whole(treasury: Treasury) -> None:
    Source.objects.create(code="skills", name="职业技能提升专账资金")
    maker, page = signed_in(treasury.maker), reverse("funds:line_new")
    # An auditor in Yuyao besides: reading there is not opening there.
    Grant.objects.create(
        user=treasury.maker, role=Role.AUDITOR, region=treasury.desk.town.yuyao, starts_on=dt.date(2020, 1, 1)
    )
    auditor = signed_in(account("funds-auditor", "auditor", Role.AUDITOR, treasury.place))
    assert page in maker.get(reverse("funds:lines")).content.decode()
    assert page not in auditor.get(reverse("funds:lines")).content.decode()
    assert page in maker.get(reverse("funds:lines"), {"year": "²"}).content.decode()  # no number: this year
    shown = maker.get(page).content.decode()
    assert f'value="{CHIEF}"' in shown
    assert 'value="330281"' not in shown

    year = today().year
    right = {
        "region": "330109", "source": "talent", "year": str(year), "benefit": CHIEF, "function_code": "2080799",
        "economic_code": "30399", "dry": "pro_rata", "rest": "lapse", "share_province": "0.5", "share_city": "30%",
        "share_county": "69.5",
    }  # fmt: skip
    before = kept()
    wrong = {
        ("share_county", "69.4"): "各级分担合计 99.9%，应为 100%",
        ("share_county", "169.5"): "169.5% 超过了 100%",
        ("share_county", "69.55"): "“69.55”不是百分比",
        ("share_county", "-69.5"): "“-69.5”不是百分比",
        ("share_county", "６９"): "“６９”不是百分比",
        ("share_county", ""): "各级分担合计 30.5%，应为 100%",
        ("function_code", "208079"): "应为 3、5 或 7 位数字",
        ("function_code", "２０８"): "应为 3、5 或 7 位数字",
        ("economic_code", "3039a"): "应为 3 或 5 位数字",
        ("economic_code", ""): "id_economic_code_error",
        ("source", "skills"): "由“人才专项资金”支付，用不到“职业技能提升专账资金”的额度",
        ("source", "nothing"): "id_source_error",
        ("benefit", "xiaoshan-2025-3#nothing"): "id_benefit_error",
        ("region", "330281"): "id_region_error",
        ("year", str(year - 1)): "id_year_error",
        ("year", "二〇二六"): "id_year_error",
        ("dry", "whenever"): "id_dry_error",
        ("rest", ""): "id_rest_error",
    }
    for (field, value), words in wrong.items():
        answer = maker.post(page, {**right, field: value})
        assert (field, value, answer.status_code, words in answer.content.decode()) == (field, value, 422, True)
    assert auditor.post(page, right).status_code == 403
    assert kept() == before

    answer = maker.post(page, right)
    made = Line.objects.get(benefit=CHIEF)
    assert answer.headers["Location"] == reverse("funds:line", args=[made.uid])
    assert (made.region_id, made.source, made.year, made.dry, made.rest) == (
        "330109",
        treasury.source,
        year,
        "pro_rata",
        "lapse",
    )
    assert {each.tier: each.thousandths for each in made.shares.all()} == {"province": 5, "city": 300, "county": 695}
    opened = kept()
    assert opened == tuple(a + b for a, b in zip(before, (1, 3, 1, 1), strict=True))
    again = maker.post(page, {**right, "dry": "next_year", "share_city": "", "share_county": "99.5"}, follow=True)
    assert again.redirect_chain[-1][0] == reverse("funds:line", args=[made.uid])
    assert "没有另开" in again.content.decode()
    made.refresh_from_db()
    assert (made.dry, kept()) == ("pro_rata", opened)


def test_the_rule_of_a_line_changes_with_a_reason_until_money_is_held(treasury: Treasury) -> None:
    line, maker = treasury.line, signed_in(treasury.maker)
    (due,) = payable(1, treasury.place, treasury.desk.user("first"), treasury.source.name)
    reserving.reserve([due], treasury.maker, DAY)  # waits: the line has no money
    page, rule = reverse("funds:line", args=[line.uid]), reverse("funds:line_rule", args=[line.uid])
    told = {"dry": "pro_rata", "rest": "lapse", "reason": "萧人社〔2026〕8号第五条"}
    assert rule in maker.get(page).content.decode()
    for bad in ({"reason": " "}, {"dry": "whenever"}, {"rest": ""}):
        assert maker.post(rule, {**told, **bad}).status_code == 422
    assert not RuleChange.objects.exists()
    assert maker.post(rule, told).headers["Location"] == page
    assert "没有改变什么" in maker.post(rule, told, follow=True).content.decode()  # pressing twice
    change, event = RuleChange.objects.get(), Event.objects.get(action="funds.line_rule_changed")
    assert (change.dry_before, change.dry, change.rest_before, change.rest) == (
        "first_come",
        "pro_rata",
        "await",
        "lapse",
    )
    assert (event.subject, "第五条" in str(event.details)) == (f"line:{line.uid}", False)
    assert "萧人社〔2026〕8号第五条" in strip_tags(maker.get(page).content.decode())
    with pytest.raises(DatabaseError, match="added_only"), transaction.atomic():
        RuleChange.objects.update(reason="另一个理由")

    treasury.allot(1_000)
    reserving.serve_waiting(line)
    held = Reservation.objects.get()
    for _given_back in range(2):  # while it is held, and after it was given back
        assert rule not in maker.get(page).content.decode()
        assert "已预留过资金" in maker.get(rule).content.decode()
        refused = maker.post(rule, {**told, "dry": "first_come"})
        assert (refused.status_code, "下一年度的额度上定" in refused.content.decode()) == (422, True)
        reserving.release(held, "应付已撤销")
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="rule_stands_once_used"),
        transaction.atomic(),
    ):
        cursor.execute("UPDATE funds_line SET dry = 'first_come'")
    following = budget.open_line(treasury.place, treasury.source, today().year + 1, treasury.maker)
    budget.freeze(following, treasury.maker)
    assert "已冻结" in maker.post(reverse("funds:line_rule", args=[following.uid]), told).content.decode()
    assert RuleChange.objects.count() == 1
