"""Budget lines: money by a document and two people, shares that make a whole, the year's end."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from huijiang.accounts.models import User
from huijiang.funds import budget
from huijiang.funds.models import Account, Allotment, Line, Share
from huijiang.funds.models import Source as FundSource
from huijiang.regions.models import Region
from tests.huijiang.funds.conftest import YUAN

pytestmark = pytest.mark.django_db
Kind = Allotment.Kind


def test_money_counts_once_another_person_approved_it(line: Line, clerk: User, chief: User) -> None:
    asked = budget.ask(line, Kind.ADDITION, 50_000 * YUAN, "萧财社〔2026〕9号", clerk)
    line.refresh_from_db()
    assert line.allotted == 1_000_000 * YUAN
    with pytest.raises(budget.BudgetError, match="另一位批准"):
        budget.approve(asked, clerk)
    budget.approve(asked, chief)
    budget.approve(asked, chief)  # pressing twice
    line.refresh_from_db()
    assert (line.allotted, line.free) == (1_050_000 * YUAN, 1_050_000 * YUAN)
    assert Account.objects.get(source=line.source, kind="bank", year=2026).balance == 1_050_000 * YUAN


def test_the_database_itself_refuses_approval_by_the_asker(line: Line, clerk: User) -> None:
    asked = budget.ask(line, Kind.ADDITION, 1, "文", clerk)
    with pytest.raises(IntegrityError, match="allotment_by_another"), transaction.atomic():
        Allotment.objects.filter(pk=asked.pk).update(approved_by=clerk, approved_at="2026-01-01T00:00Z")


@pytest.mark.parametrize(("kind", "amount"), [(Kind.ADDITION, -1), (Kind.REDUCTION, 1), (Kind.ADDITION, 0)])
def test_a_sign_that_does_not_fit_is_refused(line: Line, clerk: User, kind: str, amount: int) -> None:
    with pytest.raises(budget.BudgetError, match="不符"):
        budget.ask(line, kind, amount, "文", clerk)


def test_a_change_without_its_document_is_refused(line: Line, clerk: User) -> None:
    with pytest.raises(budget.BudgetError, match="文号"):
        budget.ask(line, Kind.ADDITION, 1, " ", clerk)


def test_no_more_is_taken_than_is_free(line: Line, clerk: User, chief: User) -> None:
    asked = budget.ask(line, Kind.REDUCTION, -1_000_001 * YUAN, "文", clerk)
    with pytest.raises(budget.BudgetError, match="只剩 1,000,000 元可用，不能再减 1,000,001 元"):
        budget.approve(asked, chief)
    with pytest.raises(IntegrityError, match="line_not_exceeded"), transaction.atomic():
        Allotment.objects.filter(pk=asked.pk).update(approved_by=chief, approved_at="2026-01-01T00:00Z")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funds_line SET allotted = allotted + 1",
        "UPDATE funds_line SET spent = 1",
        "UPDATE funds_line SET year = 2030",
        "DELETE FROM funds_line",
        "UPDATE funds_allotment SET amount = 1",
        "DELETE FROM funds_allotment",
        "UPDATE funds_share SET thousandths = 1",
        "DELETE FROM funds_share",
    ],
)
def test_lines_move_by_allotments_alone_even_by_raw_sql(line: Line, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            cursor.execute(statement)


@transaction.atomic
def one_share_more(line: Line) -> None:
    Share.objects.create(line=line, tier="province", thousandths=1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_shares_make_a_whole(place: Region, source: FundSource, line: Line, clerk: User) -> None:
    with pytest.raises(budget.BudgetError, match="900‰"):
        budget.open_line(place, source, 2027, clerk, shares={"city": 300, "county": 600})
    with pytest.raises(DatabaseError, match="whole"):
        one_share_more(line)


def test_each_tier_bears_its_part_and_the_lowest_what_rounding_leaves(line: Line) -> None:
    # 30 % of 100.01 元 = 30.003, rounded down to 30.00; the county bears the rest: 70.01.
    assert [(each.tier, each.amount) for each in budget.parts(line, 10_001)] == [("city", 3_000), ("county", 7_001)]


def test_what_is_left_at_the_end_of_a_year_goes_on_by_two_people(line: Line, clerk: User, chief: User) -> None:
    with pytest.raises(budget.BudgetError, match="还没有冻结"):
        budget.carry_over(line, clerk, "结转文")
    budget.freeze(line, clerk)
    late = budget.ask(line, Kind.ADDITION, 1, "迟到的文", clerk)
    with pytest.raises(budget.BudgetError, match="已冻结"):
        budget.approve(late, chief)
    halves = budget.carry_over(line, clerk, "萧财社〔2026〕99号")
    assert halves is not None
    with pytest.raises(budget.BudgetError, match="在等批准"):
        budget.carry_over(line, clerk, "再来一次")
    budget.approve_carry_over(halves, chief)
    line.refresh_from_db()
    following = Line.objects.get(year=2027)
    assert (line.allotted, following.allotted) == (0, 1_000_000 * YUAN)
    assert [each.thousandths for each in following.shares.order_by("tier")] == [300, 700]
    assert {each.year: each.balance for each in Account.objects.filter(kind="bank")} == {
        2026: 0,
        2027: 1_000_000 * YUAN,
    }
