"""A synthetic county, made once and loaded where a test asks for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from huijiang.regions import tree
from huijiang.regions.models import Region
from huijiang.registry.load import Loaded, load
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import keys
from huijiang.synth import Made, make_county

PEOPLE = 800
SEED = 7


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make_county(vocabulary(), tmp_path_factory.mktemp("county"), PEOPLE, SEED, "萧山区")


@pytest.fixture(autouse=True)
def _keys() -> None:
    """Numbers are sealed: there is a key ring before anything is stored."""
    keys.ensure(keys.path())


@pytest.fixture
def places(db: None) -> None:
    tree.sync(vocabulary().regions)


@pytest.fixture
def xiaoshan(places: None) -> Region:
    return Region.objects.get(code="330109")


@pytest.fixture
def loaded(county: Made, xiaoshan: Region) -> Loaded:
    return load(Path(county.folder), xiaoshan)
