"""Other authorities' registers: what they say is believed only when it is theirs, in time, and about whom was asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from huijiang import configuration
from huijiang.claims.connectors import Outcome, ask, asking
from huijiang.claims.models import RegisterAnswer
from tests.huijiang.claims import registers
from tests.huijiang.claims.office import ON
from tests.huijiang.claims.registers import KEY, StandIn
from tests.huijiang.entitlements.town import NUMBER, Town

NAME = "民政死亡登记"


@pytest.fixture
def register(settings: Any) -> Iterator[StandIn]:
    asking.BREAKER.forget()
    stand_in = StandIn()
    with stand_in.serving() as address:
        settings.REGISTERS = {
            kind: {"name": f"{NAME}-{kind}", "address": address, "key": KEY, "seconds": 0.4}
            for kind in ("death", "pension", "business")
        }
        yield stand_in
    asking.BREAKER.forget()


def test_a_register_answers_or_has_nobody_and_is_asked_once_a_day(here: Town, register: StandIn) -> None:
    register.knows = {"pension": {NUMBER: {"since": "2026-03"}}}
    first = ask("pension", "person:1", NUMBER, ON)
    assert (first.outcome, first.as_of, dict(first.facts)) == (Outcome.ANSWERED, ON, {"since": "2026-03"})
    assert ask("pension", "person:1", NUMBER, ON) == first
    assert register.asked == 1
    assert ask("pension", "person:2", "339999199001010013", ON).outcome is Outcome.ABSENT
    assert set(register.paths) == {"/ask"}  # the number is in no address


def test_of_death_nothing_is_kept_but_the_verdict(here: Town, register: StandIn) -> None:
    register.knows = {"death": {NUMBER: {"died_on": "2026-01-05", "cause": "x"}}}
    assert dict(ask("death", "person:1", NUMBER, ON).facts) == {}
    kept = RegisterAnswer.objects.get()
    assert (kept.outcome, kept.facts.open()) == ("answered", "{}")


@pytest.mark.parametrize(
    ("does", "why", "asked"),
    [("about_another", "another subject", 1), ("unsigned", "signature", 1), ("malformed", "malformed", 1), ("broken", "HTTP 503", 3)],
)  # fmt: skip
def test_a_lie_is_no_answer_and_is_not_kept(
    here: Town, register: StandIn, does: str, why: str, asked: int, caplog: pytest.LogCaptureFixture
) -> None:
    register.knows = {"pension": {NUMBER: {}}}
    register.does = getattr(registers, does)
    caplog.set_level("DEBUG")
    found = ask("pension", "person:1", NUMBER, ON)
    assert (found.outcome, found.why, register.asked) == (Outcome.UNAVAILABLE, why, asked)
    assert RegisterAnswer.objects.count() == 0
    assert why in caplog.text
    assert NUMBER not in caplog.text


def test_one_failure_is_tried_again(here: Town, register: StandIn) -> None:
    register.does = registers.broken_once
    assert ask("pension", "person:1", NUMBER, ON).outcome is Outcome.ABSENT
    assert register.asked == 2


def test_a_byte_now_and_then_is_late_and_a_failing_register_rests(here: Town, register: StandIn) -> None:
    """Each byte comes in time for a read; the whole does not.  Three questions fail, the fourth is not asked."""
    register.late = 0.05
    assert ask("pension", "person:1", NUMBER, ON).why == "late"
    register.late, register.does = 0.0, registers.unsigned
    for each in (2, 3):
        assert ask("pension", f"person:{each}", NUMBER, ON).why == "signature"
    asked, register.does = register.asked, registers.honest
    assert ask("pension", "person:4", NUMBER, ON).why == "resting"
    assert register.asked == asked
    assert ask("death", "person:4", NUMBER, ON).outcome is Outcome.ABSENT  # another register answers


def test_after_its_rest_one_more_failure_is_enough(here: Town) -> None:
    now = [100.0]
    breaker = asking.Breaker(lambda: now[0])
    for _ in range(3):
        assert not breaker.rests("甲")
        breaker.failed("甲")
    assert breaker.rests("甲")
    now[0] += asking.REST
    assert not breaker.rests("甲")
    breaker.failed("甲")
    assert breaker.rests("甲")
    breaker.answered("甲")
    assert not breaker.rests("甲")


def test_a_register_that_nobody_set_up_is_unavailable(here: Town) -> None:
    found = ask("custody", "person:1", NUMBER, dt.date(2026, 1, 1))
    assert (found.outcome, found.why) == (Outcome.UNAVAILABLE, "not set up")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("[1]", "JSON by kind"), ("{", "JSON by kind"), ('{"death": {"name": "x", "address": "https://a.invalid"}}', "KeyError"),
        ('{"death": {"name": "x", "address": "http://a.invalid", "key": "%s"}}', "https address"),
        ('{"death": {"name": "x", "address": "https://a.invalid", "key": "00"}}', "16 bytes"),
        ('{"death": {"name": "x", "address": "https://a.invalid", "key": "%s", "seconds": "soon"}}', "JSON by kind"),
        ('{"death": {"name": "x", "address": "https://a.invalid", "key": "%s", "seconds": 0}}', "seconds 0"),
        ('{"death": {"name": "x", "address": "https://a.invalid", "key": "%s", "seconds": 3600}}', "at most 60"),
    ],
)  # fmt: skip
def test_a_file_of_registers_that_cant_be_one_is_told_at_the_start(
    told: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "registers.json"
    path.write_text(told.replace("%s", KEY), encoding="utf-8")
    monkeypatch.setenv("HUIJIANG_REGISTERS", str(path))
    with pytest.raises(configuration.ConfigurationError, match=said) as found:
        configuration.registers()
    assert KEY not in str(found.value)
