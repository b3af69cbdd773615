"""A bureau's money: two people of finance, a source, a line of 2026 with 100 万元."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from huijiang.accounts.models import Grant, Role, User
from huijiang.funds import budget
from huijiang.funds.models import Allotment, Line, Source
from huijiang.regions.models import Region
from huijiang.sealed import keys

YUAN = 100


@pytest.fixture(autouse=True)
def with_keys(settings: Any, tmp_path: Path) -> None:
    """Keys of this test's own."""
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)


@pytest.fixture
def place(db: None) -> Region:
    found, _made = Region.objects.get_or_create(code="330109", defaults={"name": "萧山区", "path": "330109/"})
    return found


def officer(login: str, role: Role, place: Region) -> User:
    """An account with one role for a place."""
    user = User.objects.create_user(login, name=login)
    Grant.objects.create(user=user, role=role, region=place, starts_on=dt.date(2020, 1, 1))
    return user


@pytest.fixture
def clerk(place: Region) -> User:
    return officer("finance-clerk", Role.FINANCE, place)


@pytest.fixture
def chief(place: Region) -> User:
    return officer("finance-chief", Role.FINANCE, place)


@pytest.fixture
def source(db: None) -> Source:
    return Source.objects.create(code="talent-fund", name="人才专项资金")


@pytest.fixture
def line(place: Region, source: Source, clerk: User, chief: User) -> Line:
    made = budget.open_line(place, source, 2026, clerk, shares={"city": 300, "county": 700})
    budget.approve(budget.ask(made, Allotment.Kind.ORIGINAL, 1_000_000 * YUAN, "萧财社〔2026〕1号", clerk), chief)
    made.refresh_from_db()
    return made
