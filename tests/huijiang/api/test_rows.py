"""Reading and writing the registers from outside: whose rows, which columns, whole or not at all, once."""

from __future__ import annotations

import json
import threading
import urllib.request
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from huijiang.access.models import Sighting
from huijiang.api import ids, tokens
from huijiang.api.models import Kept
from huijiang.audit.models import Event
from huijiang.registry.models import MODELS, ImportBatch
from huijiang.registry.vocabulary import vocabulary
from tests.huijiang.api.systems import Systems, approved, ask, systems
from tests.huijiang.entitlements.town import NUMBER

FIELDS = {
    "holder": {"id_number": NUMBER}, "issuer": {"uscc": "91339999MA0000000J"}, "kind": "职业技能等级证书",
    "number": "S000033010901262000001", "level": "高级工", "issued_on": "2026-03-01", "occupation": "电工",
}  # fmt: skip


def batch(*rows: Any, **change: Any) -> dict[str, Any]:
    return {"region": "330109", "as_of": "2026-06-30", "rows": list(rows), **change}


@pytest.mark.django_db
def test_a_system_reads_the_rows_of_its_region_and_the_columns_it_was_registered_for(here: Systems) -> None:
    town = here.town
    assert ask("GET", "registry/tables/person/rows", here.bureau).status_code == 422  # no purpose said
    told = ask("GET", "registry/tables/person/rows?purpose=data", here.bureau).json()
    assert {each["id"] for each in told["items"]} == {str(town.worker.uid), str(town.colleague.uid)}
    one = next(each for each in told["items"] if each["id"] == str(town.worker.uid))
    assert one["values"] == {
        "name": "林小英", "birth_date": "1990-01-01", "employer": str(town.employer.uid), "works_in": "330109",
    }  # fmt: skip
    assert NUMBER not in json.dumps(told)
    assert {each.person for each in Sighting.objects.all()} == {town.worker, town.colleague}
    (row,) = ask("GET", "registry/tables/certificate/rows?purpose=data", here.bureau).json()["items"]
    assert row["id"] == ids.shown("certificate", town.certificate.pk)
    assert (row["values"]["level"], row["values"]["holder"]) == ("技师", str(town.worker.uid))
    answer = ask("GET", f"registry/tables/certificate/rows/{row['id']}?purpose=data", here.bureau)
    assert answer.json() == row
    again = ask("GET", f"registry/tables/certificate/rows/{row['id']}?purpose=data", here.bureau,
                If_None_Match=answer.headers["ETag"])  # fmt: skip
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_no_table_shows_a_foreign_row_or_a_column_beyond_the_token(here: Systems) -> None:
    """Every table × both kinds of systems: what comes out is within the columns, and of the own region or firm."""
    MODELS["certificate"].objects.create(holder=here.town.stranger, level="技师", managed_by=here.town.yuyao,
                                         source="登记", as_of="2026-06-30")  # fmt: skip
    seen = set()
    for table in vocabulary().tables:
        for secret, client in ((here.bureau, here.bureau_client), (here.firm, here.firm_client)):
            answer = ask("GET", f"registry/tables/{table}/rows?purpose=data", secret)
            own = {each.partition(".")[2] for each in client.columns if each.startswith(f"{table}.")}
            if not own:
                assert answer.status_code == 403, (table, client.name)
                continue
            assert answer.status_code == 200, (table, client.name, answer.content.decode())
            for each in answer.json()["items"]:
                assert set(each["values"]) <= own, (table, client.name)
                assert each["managed_by"] == "330109", (table, client.name)
                seen.add((table, client.name, each["id"]))
    assert (("person", here.firm_client.name, str(here.town.worker.uid))) not in seen
    assert ("certificate", here.firm_client.name, ids.shown("certificate", here.town.certificate.pk)) in seen
    assert ("organisation", here.firm_client.name, str(here.town.trainer.uid)) in seen
    assert ("organisation", here.firm_client.name, str(here.town.employer.uid)) not in seen


@pytest.mark.django_db
def test_ids_and_cursors_cannot_be_made_up(here: Systems) -> None:
    row = ids.shown("certificate", here.town.certificate.pk)
    assert ids.read("certificate", row) == here.town.certificate.pk
    assert ids.read("recognition", row) is None
    for path in (
        f"certificate/rows/{here.town.certificate.pk}",
        f"recognition/rows/{row}",
        f"certificate/rows/{'0' * 32}",
    ):
        assert ask("GET", f"registry/tables/{path}?purpose=data", here.bureau).status_code == 404
    for cursor in ("1", "0" * 32, row, "é" * 32):
        assert ask("GET", f"documents?cursor={cursor}").status_code == 422


@pytest.mark.django_db
def test_lists_are_read_page_by_page_without_a_gap(here: Systems) -> None:
    found, cursor = [], ""
    while True:
        told = ask("GET", f"benefits?limit=7&region=330109{cursor and f'&cursor={cursor}'}").json()
        found += [each["key"] for each in told["items"]]
        cursor = told["next"] or ""
        if not cursor:
            break
    assert len(found) == len(set(found)) > 14
    assert "xiaoshan-2025-3#chief-technician-allowance" in found


@pytest.mark.django_db
def test_rows_are_written_through_the_registrys_own_laws_with_their_source(here: Systems) -> None:
    answer = ask("POST", "registry/tables/certificate/rows", here.bureau, batch(FIELDS, source="省平台"))
    assert answer.status_code == 200, answer.content.decode()
    told = answer.json()
    assert (told["new"], told["changed"], told["same"]) == (1, 0, 0)
    row = MODELS["certificate"].objects.get(number=FIELDS["number"])
    assert (row.holder, row.issuer, row.level, row.source) == (here.town.worker, here.town.employer, "高级工", "省平台")
    stored = ImportBatch.objects.get(uid=told["batch"])
    assert (row.batch, stored.state, stored.uploaded_by) == (stored, "applied", here.bureau_client.user)
    assert Event.objects.filter(action="registry.import", actor=str(here.bureau_client.user.uid)).count() == 1
    again = ask(
        "POST",
        "registry/tables/certificate/rows",
        here.bureau,
        batch({**FIELDS, "level": "技师"}, FIELDS | {"number": "S000033010901262000002"}),
    )
    assert (again.json()["new"], again.json()["changed"]) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"level": "神级"}, "/rows/1/level"),
        ({"number": "X1"}, "/rows/1"),
        ({"holder": {"id_number": "339999199001010014"}}, "/rows/1/holder.id_number"),
        ({"issued_on": "2026-13-01"}, "/rows/1/issued_on"),
        ({"lvl": "技师"}, "/rows/1/lvl"),
        ({"hours": [1]}, "/rows/1/hours"),
    ],
)
def test_one_wrong_row_and_none_is_written(here: Systems, change: dict[str, Any], where: str) -> None:
    before = MODELS["certificate"].objects.count()
    second = {**FIELDS, "number": "S000033010901262000002", **change}
    answer = ask("POST", "registry/tables/certificate/rows", here.bureau, batch(FIELDS, second))
    assert answer.status_code == 422, answer.content.decode()
    (fault,) = answer.json()["errors"]
    assert fault["where"] == where
    assert fault["expected"]
    assert MODELS["certificate"].objects.count() == before
    assert not ImportBatch.objects.exists()
    assert not Kept.objects.exists()


@pytest.mark.django_db
def test_a_column_a_region_or_a_table_beyond_the_scope_is_refused_whole(here: Systems) -> None:
    narrow = approved(
        here.system, here.security, here.town.xiaoshan, ("registry:write",), ("certificate.number",), "窄"
    )
    _token, secret = tokens.issue(narrow, here.system, "t", ("registry:write",), 5)
    before = MODELS["certificate"].objects.count()
    answer = ask(
        "POST", "registry/tables/certificate/rows", secret, batch({"number": "S000033010901262000001", "level": "技师"})
    )
    assert (answer.status_code, answer.json()["seen"]) == (403, "certificate.level")
    assert ask("POST", "registry/tables/person/rows", secret, batch({"name": "林"})).status_code == 403
    outside = ask("POST", "registry/tables/certificate/rows", here.bureau, batch(FIELDS, region="330281"))
    assert [each["where"] for each in outside.json()["errors"]] == ["/region"]
    many = ask("POST", "registry/tables/certificate/rows", here.bureau, batch(*[{}] * 1_001))
    assert [each["where"] for each in many.json()["errors"]] == ["/rows"]
    assert MODELS["certificate"].objects.count() == before


@pytest.mark.django_db
def test_a_key_does_its_write_once_and_refuses_another_body(here: Systems) -> None:
    path = "registry/tables/certificate/rows"
    first = ask("POST", path, here.bureau, batch(FIELDS), key="one")
    again = ask("POST", path, here.bureau, batch(FIELDS), key="one")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert ImportBatch.objects.count() == 1
    other = ask("POST", path, here.bureau, batch({**FIELDS, "level": "技师"}), key="one")
    assert (other.status_code, other.json()["type"]) == (422, "/api/#problem-key-reused")
    wrong = ask("POST", path, here.bureau, batch({**FIELDS, "level": "神级"}), key="two")
    mended = ask("POST", path, here.bureau, batch({**FIELDS, "level": "技师"}), key="two")
    assert (wrong.status_code, mended.status_code) == (422, 200)
    assert ask("POST", path, here.bureau, batch(FIELDS), key="").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_one_key_pressed_by_eight_at_once_has_one_effect(live_server: LiveServer) -> None:
    from huijiang.sealed import keys

    keys.ensure(settings.KEY_FILE)
    made = systems()
    body = json.dumps(batch(FIELDS)).encode()
    answers: list[tuple[int, bytes]] = []
    together = threading.Barrier(8)

    def press() -> None:
        asked = urllib.request.Request(f"{live_server.url}/api/v1/registry/tables/certificate/rows", body, {
            "Authorization": f"Bearer {made.bureau}", "Idempotency-Key": "together", "Content-Type": "application/json",
        })  # fmt: skip
        together.wait()
        with urllib.request.urlopen(asked, timeout=60) as answer:
            answers.append((answer.status, answer.read()))

    presses = [threading.Thread(target=press) for _ in range(8)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    connection.close()
    assert {status for status, _ in answers} == {200}
    assert len({json.loads(body)["batch"] for _, body in answers}) == 1
    assert len(answers) == 8
    assert ImportBatch.objects.count() == 1
    assert MODELS["certificate"].objects.filter(number=FIELDS["number"]).count() == 1
