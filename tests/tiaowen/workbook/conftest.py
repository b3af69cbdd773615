from pathlib import Path

import pytest

from tiaowen.vocabulary.load import load_vocabulary
from tiaowen.vocabulary.model import Vocabulary

POLICIES = Path(__file__).parents[3] / "policies" / "vocabulary"


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The project's own vocabulary."""
    files = {one.name: one.read_text(encoding="utf-8") for one in sorted(POLICIES.glob("*.md"))}
    found, problems = load_vocabulary(files)
    assert not [one for one in problems if one.severity == "error"]
    return found
