"""One small county, made and drawn once for all tests of the picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from huijiang.picture.command import PAGES, make_picture
from huijiang.picture.page import Picture


@dataclass
class Drawn:
    """The folder that the county was drawn into, what was drawn, and the pages' text."""

    folder: Path
    picture: Picture
    html: dict[str, str]


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    folder = tmp_path_factory.mktemp("county")
    picture = make_picture(folder, people=2_000, seed=3, memory="512MB")
    return Drawn(folder, picture, {lang: (folder / name).read_text(encoding="utf-8") for lang, name in PAGES.items()})
