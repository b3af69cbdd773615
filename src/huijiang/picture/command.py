"""`huijiang picture`: make a county, run it, draw who is owed what."""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from huijiang.picture.owed import County, read_county
from huijiang.picture.page import Picture, render
from huijiang.picture.summary import lines
from huijiang.picture.what_if import PATCH, run_what_if
from huijiang.synth import county as synth
from huijiang.synth.errors import SynthError
from tiaowen.check.library import Library
from tiaowen.cli.progress import Progress
from tiaowen.files import open_library
from tiaowen.population.errors import PopulationError
from tiaowen.population.run_folder import plans_of, run_folder
from tiaowen.population.store import connect
from tiaowen.population.targets import measure_targets
from tiaowen.simulate import PatchError

REGION: Final = "萧山区"
PEOPLE: Final = 20_000
STAMP: Final = ".made"
PAGES: Final = {"zh": "county.html", "en": "county.en.html"}


def add_picture(commands: Any) -> None:
    command = commands.add_parser("picture", help="全区谁能领多少 who is owed what in a synthetic county")
    add_options(command)
    command.set_defaults(run=picture)


def add_options(command: Any) -> None:
    command.add_argument("--people", type=int, default=PEOPLE, metavar="N", help="全区名册人数 people (20000)")
    command.add_argument("--seed", type=int, default=1, metavar="S", help="种子 the same seed, the same county (1)")
    command.add_argument("--folder", type=Path, default=Path("out/demo"), help="写到哪里 where to write (out/demo)")
    command.add_argument("--memory", default="1GB", help="内存上限 bound on memory (1GB)")
    command.add_argument("--lang", choices=("zh", "en"), default=_language(), help="终端的语言 language")


def _language() -> str:
    wanted = os.environ.get("TIAOWEN_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return "en" if wanted.lower().startswith("en") else "zh"


def picture(arguments: argparse.Namespace) -> int:
    """Make what is missing, run it, write both pages, print the summary.  2 when something can't be used."""
    try:
        found = make_picture(arguments.folder, arguments.people, arguments.seed, arguments.memory)
    except (SynthError, PopulationError, PatchError, OSError) as error:
        print(f"huijiang picture: {error}", file=sys.stderr)
        return 2
    for line in lines(found, arguments.lang):
        print(line)
    order = ("en", "zh") if arguments.lang == "en" else ("zh", "en")
    for path in (*(arguments.folder / PAGES[lang] for lang in order), arguments.folder / "what-if" / PATCH):
        print(path)
    return 0


def make_picture(folder: Path, people: int, seed: int, memory: str) -> Picture:
    """The county, its results and the what-if under `folder`; what is there and still true is kept.

    Raises SynthError, PopulationError, PatchError.
    """
    library = open_library(thorough=False).require()
    facts, out = folder / "county", folder / "county-run"
    _county(library, facts, people, seed)
    on: dt.date = synth.DAY
    progress = Progress(facts.name)
    run_folder(library, facts, out, region=REGION, on=on, memory=memory, told=progress)
    what_if = run_what_if(library, facts, out, folder / "what-if", region=REGION, on=on, memory=memory)
    progress.done()
    plans = plans_of(library, REGION)
    region = library.vocabulary.regions.resolve(REGION) or ""
    found = Picture(
        _money(library, facts, out, memory, region), measure_targets(library, facts, region=REGION, on=on, memory=memory),
        what_if, library.vocabulary, region, people, on.isoformat(),
        library.release, plans,
    )  # fmt: skip
    for lang, name in PAGES.items():
        other = PAGES["en" if lang == "zh" else "zh"]
        text = render(found, lang, other, f"county/{synth.PAGE}",
                      f"./run huijiang picture --people {people} --seed {seed}")  # fmt: skip
        (folder / name).write_text(text, encoding="utf-8")
    return found


def _money(library: Library, facts: Path, out: Path, memory: str, region: str) -> County:
    with tempfile.TemporaryDirectory(prefix="huijiang-") as scratch:
        connection = connect(memory, Path(scratch))
        try:
            return read_county(connection, library, plans_of(library, REGION), facts, out, region)
        finally:
            connection.close()


def _county(library: Library, folder: Path, people: int, seed: int) -> None:
    """Make the county unless the same one is there: same people, seed, policies, and the same programs made it."""
    digest = hashlib.sha256(f"{people} {seed} {REGION} {library.release}".encode())
    for source in sorted(Path(synth.__file__).parent.rglob("*.py")):
        digest.update(source.read_bytes())
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest.hexdigest():
        return
    stamp.unlink(missing_ok=True)
    progress = Progress(folder.name)
    done = 0

    def told(table: str) -> None:
        nonlocal done
        done += 1
        progress(done, len(synth.QUERIES), table)

    synth.make_county(library.vocabulary, folder, people, seed, REGION, progress=told)
    progress.done()
    stamp.write_text(digest.hexdigest(), encoding="utf-8")
