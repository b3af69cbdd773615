"""The state table: drawn, kept by the database, and the same through the services, over every combination."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from huijiang.claims import access, drawing, moving
from huijiang.claims.models import Claim
from huijiang.claims.states import DISPUTABLE, LIVE, MOVES, OVER, PAUSED, RUNNING, Event, State, Who
from tests.huijiang.claims.office import Office

PAGE = Path(__file__).resolve().parents[3] / "docs" / "claims-states.md"


def test_the_page_of_states_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == drawing.page(), (
        "run: ./run huijiang claims-states --write docs/claims-states.md"
    )


def test_every_state_but_the_last_leads_on_and_every_state_is_reached() -> None:
    reached = {State.DRAFT}
    while more := {each.target for each in MOVES if each.source in reached} - reached:
        reached |= more
    assert reached == set(State)
    assert {each.source for each in MOVES} == set(State) - {State.CLOSED}


def test_no_row_is_there_twice() -> None:
    assert len({(each.event, each.source, each.target) for each in MOVES}) == len(MOVES)


def test_a_machine_refuses_nobody() -> None:
    """Into `refused` leads a person's decision, or back again a person's answer to an objection."""
    for each in MOVES:
        if each.target == State.REFUSED:
            assert not set(each.who) & {Who.SYSTEM, Who.PUBLIC, Who.APPLICANT}


def test_each_state_is_live_over_or_a_draft_and_the_clock_knows_it() -> None:
    assert {State.DRAFT} | LIVE | OVER == set(State)
    assert not RUNNING & PAUSED
    assert set(DISPUTABLE) <= set(State) - RUNNING


TRY_ALL = """
DO $$
DECLARE s text; e text; t text; w text; said text;
BEGIN
    CREATE TEMP TABLE told (source text, event text, target text, who text);
    FOREACH s IN ARRAY %(states)s::text[] LOOP
        SET LOCAL session_replication_role = replica;
        UPDATE claims_claim SET state = s WHERE id = %(claim)s;
        SET LOCAL session_replication_role = origin;
        FOREACH e IN ARRAY %(events)s::text[] LOOP FOREACH t IN ARRAY %(states)s::text[] LOOP FOREACH w IN ARRAY %(who)s::text[] LOOP
            BEGIN
                INSERT INTO claims_movement (claim_id, number, event, source, target, who, by_id, reason, words, condition, digest)
                VALUES (%(claim)s, 1, e, s, t, w, CASE WHEN w <> 'system' THEN %(user)s END, '', '', '', '');
                RAISE EXCEPTION 'went through';
            EXCEPTION WHEN OTHERS THEN
                said := SQLERRM;
            END;
            IF said NOT LIKE '%%is not in the state table' THEN
                INSERT INTO told VALUES (s, e, t, w);
            END IF;
        END LOOP; END LOOP; END LOOP;
    END LOOP;
END $$
"""


def test_the_database_takes_the_moves_of_the_table_and_no_other(desk: Office) -> None:
    """All 16 states × 24 events × 16 states × 9 capacities, by raw SQL, on one claim."""
    claim = desk.submitted()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE claims_claim SET moves = moves WHERE id = %s", [claim.pk])
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE claims_claim SET moves = 0 WHERE id = %s", [claim.pk])
        cursor.execute("DELETE FROM claims_movement WHERE claim_id = %s", [claim.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
        values = {"states": [str(each) for each in State], "events": [str(each) for each in Event],
                  "who": [str(each) for each in Who], "claim": claim.pk, "user": desk.user("first").pk}  # fmt: skip
        client = connection.connection.cursor()  # a DO block takes no parameters: they are written in, quoted
        from psycopg import sql

        quoted = {name: sql.Literal(value).as_string(client) for name, value in values.items()}
        cursor.execute(TRY_ALL % quoted)
        cursor.execute("SELECT source, event, target, who FROM told")
        told = set(cursor.fetchall())
    assert told == {(str(m.source), str(m.event), str(m.target), str(who)) for m in MOVES for who in m.who}


@pytest.mark.parametrize("state", list(State))
def test_a_viewer_is_offered_the_moves_of_their_capacity(desk: Office, state: State) -> None:
    claim = Claim(
        state=state, region=desk.town.xiaoshan, payee_person=desk.town.worker, applicant=desk.town.worker_user
    )
    for name, who in (
        ("intake", Who.INTAKE), ("first", Who.REVIEWER), ("second", Who.SECOND_REVIEWER), ("watch", Who.SUPERVISOR),
        ("cashier", Who.FINANCE), ("counter", Who.COUNTER),
    ):  # fmt: skip
        offered = {(each.event, each.target) for each in moving.possible(claim, desk.staff[name])}
        assert offered == {(each.event, each.target) for each in MOVES if each.source == state and who in each.who}
    assert {(m.event, m.target) for m in moving.possible(claim, desk.worker)} == {
        (m.event, m.target) for m in MOVES if m.source == state and Who.APPLICANT in m.who
    }
    assert {m.event for m in moving.possible(claim, None)} == {
        m.event for m in MOVES if m.source == state and Who.SYSTEM in m.who
    }
    assert moving.possible(claim, desk.agent) == []


def test_an_officer_of_another_place_is_offered_nothing(desk: Office) -> None:
    from huijiang.accounts.viewers import as_staff

    claim = desk.submitted()
    elsewhere = as_staff(desk.town.elsewhere_user)
    assert elsewhere is not None
    assert moving.possible(claim, elsewhere) == []
    assert not access.access_claims(elsewhere).exists()
