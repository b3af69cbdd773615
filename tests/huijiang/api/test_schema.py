"""The description says what the API does: every answer is a described one, whatever is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.specs.openapi import checks as described

from huijiang.api import schema
from huijiang.api.scopes import GIVEN
from huijiang.wsgi import application
from tests.huijiang.api.systems import Systems, ask

pytestmark = pytest.mark.django_db(transaction=True)
HELD = (
    checks.not_a_server_error, described.status_code_conformance, described.content_type_conformance,
    described.response_schema_conformance, described.response_headers_conformance,
)  # fmt: skip


def test_the_description_is_openapi_3_1_and_names_every_endpoint_in_both_languages(here: Systems) -> None:
    chinese, english = (ask("GET", "schema", language=each).json() for each in ("zh", "en"))
    assert chinese["openapi"] == "3.1.0"
    assert set(chinese["paths"]) == set(english["paths"])
    for told in (chinese, english):
        for path, methods in told["paths"].items():
            for method, one in methods.items():
                if method == "parameters":
                    continue
                assert one["summary"], path
                assert any(code.startswith("2") for code in one["responses"]), path
    assert chinese["paths"]["/api/v1/benefits"]["get"]["summary"] == "补贴、待遇和义务"
    assert english["paths"]["/api/v1/benefits"]["get"]["summary"] == "Benefits, treatments and duties"
    assert not [word for word in json.dumps(english["paths"], ensure_ascii=False) if "\u4e00" <= word <= "\u9fff"]
    scopes = {each["scope"] for each in english["x-scopes"]}
    assert {each.value for each in GIVEN} <= scopes


def operations() -> list[tuple[str, str]]:
    return sorted(
        (path, method.upper()) for path, methods in schema.description()["paths"].items() for method in methods
        if method != "parameters"
    )  # fmt: skip


def test_no_question_is_answered_with_a_fault_or_an_undescribed_answer(here: Systems) -> None:
    """Generated questions, right and wrong, to every operation, with tokens that together have every scope."""
    told = schemathesis.openapi.from_dict(schema.description())
    told.app = application
    asked = [hold(told[path][method], here.bureau) for path, method in operations()]
    asked += [hold(told[path][method], here.firm) for path, method in operations() if path.startswith("/api/v1/claims")]
    assert sum(asked) > 60


def hold(operation: Any, secret: str) -> int:
    """Ask one operation a few generated questions; gives how many."""
    count = 0

    @given(data=st.data())
    @settings(few(), suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
    def asks(data: Any) -> None:
        nonlocal count
        case = data.draw(operation.as_strategy())
        case.headers = {**(dict(case.headers or {})), "Authorization": f"Bearer {secret}"}
        case.call_and_validate(checks=list(HELD))
        count += 1

    asks()
    return count


def few() -> settings:
    """Few examples each in ./run test; ./run soak brings its own number."""
    default = settings.default
    assert default is not None
    return default if default.max_examples > 1_000 else settings(default, max_examples=4)
