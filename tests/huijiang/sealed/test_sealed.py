"""Sealed values: opened only by their key and in their column; found by hash before, in and after a rotation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from huijiang.sealed import Sealed, SealedError, found_by, keyed_hash, keys, rotation, seal
from tests.huijiang.sealed.held.models import Held

NUMBER = "339999199001010019"


@pytest.fixture
def ring(tmp_path: Path, settings: LazySettings) -> Path:
    settings.KEY_FILE = tmp_path / "keys.json"
    keys.ensure(settings.KEY_FILE)
    return tmp_path / "keys.json"


@pytest.fixture
def table(ring: Path, db: None) -> None:
    """The table of `held`, empty, under a key ring of its own."""


@pytest.mark.usefixtures("ring")
def test_a_value_opens_under_its_key_in_its_column() -> None:
    assert seal(NUMBER, "person.number").open() == NUMBER


@pytest.mark.usefixtures("ring")
def test_the_same_value_never_looks_the_same_twice() -> None:
    assert seal(NUMBER, "person.number").data != seal(NUMBER, "person.number").data


@pytest.mark.usefixtures("ring")
def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(SealedError, match="does not open"):
        Sealed(seal(NUMBER, "person.number").data, "person.phone").open()


@pytest.mark.usefixtures("ring")
@pytest.mark.parametrize("at", [2, 14, -1])
def test_an_altered_value_does_not_open(at: int) -> None:
    """Nonce, ciphertext, tag."""
    data = bytearray(seal(NUMBER, "person.number").data)
    data[at] ^= 1
    with pytest.raises(SealedError, match="does not open"):
        Sealed(bytes(data), "person.number").open()


def test_without_its_key_a_value_says_which_key_is_missing(ring: Path) -> None:
    sealed = seal(NUMBER, "person.number")
    told = json.loads(ring.read_text())
    told["keys"][0]["number"], told["active"] = 2, 2
    ring.write_text(json.dumps(told))
    with pytest.raises(SealedError, match=r"key 1 is not in the key file \(有 it holds \[2\]\)"):
        sealed.open()


def test_without_a_key_file_it_says_how_to_make_one(ring: Path) -> None:
    ring.unlink()
    with pytest.raises(SealedError, match="huijiang secrets"):
        seal(NUMBER, "person.number")


@pytest.mark.usefixtures("ring")
def test_nothing_shows_the_value_by_accident() -> None:
    sealed = seal(NUMBER, "person.number")
    assert NUMBER not in f"{sealed} {sealed!r} {[sealed]}"


@pytest.mark.usefixtures("ring")
def test_equal_values_of_two_columns_have_different_hashes() -> None:
    assert keyed_hash(NUMBER, "person.number", 1) != keyed_hash(NUMBER, "agent.number", 1)


def test_the_key_file_is_its_owners_alone(ring: Path) -> None:
    assert ring.stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("table")
def test_the_database_holds_no_plain_number() -> None:
    Held.objects.create(number=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, number_hash, number_hash_next FROM held_held")
        number, hashed, coming = cursor.fetchone()
    assert NUMBER.encode() not in bytes(number)
    assert len(bytes(hashed)) == 32
    assert coming is None


@pytest.mark.usefixtures("table")
def test_a_row_is_found_by_its_number_and_by_no_other() -> None:
    held = Held.objects.create(number=NUMBER)
    assert Held.objects.filter(found_by(Held, "number", NUMBER)).get() == held
    assert not Held.objects.filter(found_by(Held, "number", NUMBER[::-1])).exists()


@pytest.mark.usefixtures("table")
def test_rows_are_found_all_through_a_rotation_and_open_after_it(ring: Path) -> None:
    others = [f"33999919900101{at:04}" for at in range(1, 5)]
    for number in (*others, NUMBER):
        Held.objects.create(number=number)

    def found(number: str) -> str:
        return str(Held.objects.get(found_by(Held, "number", number)).number.open())

    assert rotation.begin(ring) == 2
    late = "339999200002020028"
    Held.objects.create(number=late)  # written while keys are rotated
    assert found(NUMBER) == NUMBER
    assert found(late) == late

    assert rotation.fill(stop_after=3) == 3
    assert [found(each) for each in others] == others
    with pytest.raises(SealedError, match="2 个值在旧密钥下"):
        rotation.finish(ring)
    assert rotation.fill() == 2
    rotation.finish(ring)

    assert keys.ring().active == 2
    assert [each.number for each in keys.ring().keys] == [2]
    assert [found(each) for each in (*others, NUMBER, late)] == [*others, NUMBER, late]


@pytest.mark.usefixtures("table")
def test_a_second_rotation_waits_for_the_first(ring: Path) -> None:
    rotation.begin(ring)
    with pytest.raises(SealedError, match="is not finished"):
        rotation.begin(ring)


@pytest.mark.usefixtures("table")
def test_there_is_nothing_to_fill_without_a_rotation() -> None:
    with pytest.raises(SealedError, match="rotate-keys begin"):
        rotation.fill()
