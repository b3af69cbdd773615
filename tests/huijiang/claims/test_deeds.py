"""Every move of a claim is shown to the auditor in words."""

from __future__ import annotations

import pytest
from django.utils import translation

from huijiang.accounts.deeds import DEEDS, meant
from huijiang.claims.states import Event


@pytest.mark.parametrize(("language", "single", "many"), [
    ("zh-hans", "办件：拨付", "成批办件：拨付"), ("en", "Claim: Pay", "Claims at once: Pay"),
])  # fmt: skip
def test_every_move_has_words_and_is_found_by_them(language: str, single: str, many: str) -> None:
    with translation.override(language):
        assert (str(DEEDS["claims.pay"]), str(DEEDS["claims.pay_in_bulk"])) == (single, many)
        assert meant(many) == ["claims.pay_in_bulk"]
    assert {f"claims.{each}{way}" for each in Event for way in ("", "_in_bulk")} <= set(DEEDS)
