"""Whatever stands in a policy file, reading it ends, and ends in a list of problems.

Sizes are bounded by the limits of the reader, so what is counted here is nodes,
expansions and lengths, never seconds.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiaowen.check.fixtures import HERE, library_of, problems_in
from tiaowen.check.library import MAX_READINGS, load_library
from tiaowen.check.typer import MAX_EXPANSIONS
from tiaowen.files import MAX_BYTES, open_library, read_folder
from tiaowen.language.blocks import read_blocks
from tiaowen.language.markdown import MAX_LINE, MAX_LINES
from tiaowen.language.yamltext import MAX_DEPTH, MAX_NODES, Mapping, read_yaml
from tiaowen.problems import PolicyError

GOOD = (HERE / "good" / "everything.md").read_text(encoding="utf-8")
FRONT = GOOD[: GOOD.index("## 〔依据〕")]
NOISE = st.text(st.characters(codec="utf-8"), max_size=30)
PIECES = st.sampled_from(
    [
        "\0", "\ufeff", "\r\n", "\r", "\x85", "\u2028", "\u202e", "：", "，", "```", "---", "|", "| a |\n|---|\n", "# ", "&a ",
        "*a", "<<: ", "!!python/object:os.system ", "{", "}", "[", "]", "'", '"', ": ", "- ", "? ", "%YAML 9.9\n", "@", "`",
        "by: ", "first of: ", "removed", "as written", "replaced by ", "(", ")", " and ", " or ", " not ", " is ", " in ",
        "none", "9" * 30, "-1", "0.5", "1e9", "0000-00-00", "9999-12-31", "99999999 年", "０", "𠮷", "\t", " " * 50, "𝟙 元",
        "per payee", "eligible(training)", "year of ", "undetermined", "not paid", "set by ", "same as ",
    ]
)  # fmt: skip
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "insert", "swap", "repeat", "noise"]), st.floats(0, 1), st.floats(0, 1), PIECES, NOISE
    ),
    min_size=1,
    max_size=6,
)


def edited(text: str, edits: list[tuple[str, float, float, str, str]]) -> str:
    """The text with random cuts, insertions, swaps of lines, repetitions and noise."""
    for kind, where, size, piece, noise in edits:
        at = int(where * len(text))
        end = min(len(text), at + int(size * 60))
        if kind == "cut":
            text = text[:at] + text[end:]
        elif kind == "insert":
            text = text[:at] + piece + text[at:]
        elif kind == "noise":
            text = text[:at] + noise + text[at:]
        elif kind == "repeat":
            text = text[:end] + text[at:end] * 3 + text[end:]
        else:
            lines = text.split("\n")
            one, two = int(where * (len(lines) - 1)), int(size * (len(lines) - 1))
            lines[one], lines[two] = lines[two], lines[one]
            text = "\n".join(lines)
    return text


def assert_told(files: dict[str, str]) -> None:
    """Loading gives a library; every problem can be shown in both languages."""
    library = load_library(files)
    for problem in library.problems:
        assert problem.show("zh")
        assert problem.show("en")


# -- anything at all ----------------------------------------------------------------
@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    assert read_blocks(text, "any.md").file == "any.md"


@settings(max_examples=250)
@given(EDITS)
def test_a_mangled_document_is_told_what_is_wrong(edits: list[tuple[str, float, float, str, str]]) -> None:
    found = problems_in(library_of(("mangled.md", edited(GOOD, edits))))
    assert all(problem.show("zh") and problem.show("en") for problem in found)


@settings(max_examples=100)
@given(st.sampled_from(["units.md", "places.md", "tables.md"]), EDITS)
def test_a_mangled_vocabulary_is_told_what_is_wrong(name: str, edits: list[tuple[str, float, float, str, str]]) -> None:
    text = (HERE / "vocabulary" / name).read_text(encoding="utf-8")
    library = library_of((f"vocabulary/{name}", edited(text, edits)), ("good.md", GOOD))
    assert all(problem.show("zh") and problem.show("en") for problem in library.problems)


@settings(max_examples=12)
@given(st.data())
def test_a_mangled_real_document_is_told_what_is_wrong(data: st.DataObject) -> None:
    files = read_folder(Path(__file__).parents[3] / "policies", (".md",))
    shared = {name: text for name, text in files.items() if not name.startswith("浙江省")}
    name = data.draw(st.sampled_from(sorted(set(files) - set(shared))))
    assert_told({**shared, name: edited(files[name], data.draw(EDITS))})


@settings(max_examples=300)
@given(st.lists(st.one_of(PIECES, NOISE), max_size=25))
def test_any_yaml_is_read_without_an_exception(parts: list[str]) -> None:
    root, problems = read_yaml("".join(parts), "any.md")
    assert all(problem.show("zh") for problem in problems)
    assert root is None or root.line >= 1


# -- limits, by what they count -------------------------------------------------------
def codes(text: str) -> set[str]:
    return {problem.code for problem in library_of(("a.md", text)).problems}


def test_a_file_of_too_many_lines_is_refused_unread() -> None:
    found = read_blocks("\n" * MAX_LINES, "long.md")
    assert [problem.code for problem in found.problems if problem.code == "file-long"] == ["file-long"]
    assert found.lines == []


def test_a_line_of_a_million_characters_is_refused_unread() -> None:
    found = read_blocks("---\n" + "a" * 1_000_000, "long.md")
    assert "line-long" in {problem.code for problem in found.problems}
    assert found.blocks == []
    assert all(len(problem.show()) < 1_000 for problem in found.problems)


def test_yaml_stops_at_its_limit_of_nodes() -> None:
    root, problems = read_yaml("- a\n" * (MAX_NODES + 1), "large.md")
    assert root is None
    assert [problem.code for problem in problems] == ["yaml-large"]


def test_yaml_stops_at_its_limit_of_depth_however_deep_it_is() -> None:
    root, problems = read_yaml("[" * 3_000 + "]" * 3_000, "deep.md")
    assert root is None
    assert {problem.code for problem in problems} <= {"yaml-deep", "yaml-syntax"}
    assert MAX_DEPTH < 100


def test_a_billion_laughs_are_refused_at_the_first_anchor() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    root, problems = read_yaml(laughs, "laughs.md")
    assert root is None
    assert [problem.code for problem in problems] == ["yaml-anchor"]


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!binary", "!include", "!!python/name:os.system"])
def test_a_tag_is_refused(tag: str) -> None:
    assert [problem.code for problem in read_yaml(f"id: {tag} x", "tag.md")[1]] == ["yaml-tag"]


def test_a_scalar_stays_text_whatever_it_looks_like() -> None:
    root, problems = read_yaml("a: yes\nb: 010\nc: 2024-01-01\nd: ~\ne: 1e3", "text.md")
    assert problems == []
    assert isinstance(root, Mapping)
    assert [str(getattr(node, "text", "")) for _, node in root] == ["yes", "010", "2024-01-01", "~", "1e3"]


@pytest.mark.parametrize("mark", ["\0", "\x07", "\x1b"])
def test_a_control_character_in_a_block_is_a_problem(mark: str) -> None:
    assert "yaml-syntax" in codes(FRONT + f"```note\nkind: a{mark}b\n```\n")


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert "front-matter-missing" not in codes("\ufeff" + GOOD)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_change_nothing(end: str) -> None:
    assert codes(GOOD.replace("\n", end)) == codes(GOOD)


def test_half_a_character_is_a_problem_and_no_crash() -> None:
    assert library_of(("half.md", GOOD.replace("拿到", "\ud800"))).release


def test_a_heading_of_spaces_does_not_make_the_reader_try_every_split() -> None:
    found = read_blocks("# a" + " " * (MAX_LINE - 10) + "b #", "spaces.md")
    assert found.clauses[-1].title.endswith("b")


def condition(text: str) -> str:
    return FRONT + (
        "## 一、条\n摘要。\n\n```benefit\nid: a\nname: 甲\nfor: certificate\npays: certificate.holder\n"
        f"where:\n  在本区: certificate.issuer.place in here\n  某条件: {text}\namount: 1 元/人次\n```\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "year of " * 480 + "certificate.issued_on is 2024",
        "1 % of " * 500 + "5 元 >= 5 元",
        "certificate.level in " + "[" * 1_900 + "]" * 1_900,
        "certificate.hours" + " + 1" * 900 + " >= 5",
        "not " * 900 + "certificate.issuer.filed",
        "(" * 1_900 + ")" * 1_900,
        "min(" * 900 + "1" + ")" * 900,
        "some certificate where " * 170 + "certificate.hours is 1",
    ],
)  # fmt: skip
def test_an_expression_nested_without_end_is_refused(text: str) -> None:
    assert codes(condition(f'"{text}"')) & {"expression-deep", "unexpected", "line-long"}


def test_derived_facts_that_double_stop_at_a_fixed_number_of_expansions() -> None:
    blocks = [
        "---\nvocabulary: extra\n---\n\n```derived\nid: person.d0\nname: 甲\ngives: bool\nmeans: person.skilled\n```\n"
    ]
    for level in range(1, 20):
        means = " and ".join([f"person.d{level - 1}"] * 3)
        blocks.append(f"```derived\nid: person.d{level}\nname: 甲\ngives: bool\nmeans: {means}\n```\n")
    assert MAX_EXPANSIONS < 3**19
    assert codes("".join(blocks)) == {"derived-circle"}


def test_a_chain_of_a_thousand_benefits_that_ask_each_other_is_ordered() -> None:
    asks = [
        condition(f"eligible(b{n + 1})").split("```benefit\n")[1].replace("id: a\n", f"id: b{n}\n") for n in range(700)
    ]
    last = condition("certificate.issuer.filed").split("```benefit\n")[1].replace("id: a\n", "id: b700\n")
    text = FRONT + "## 一、条\n摘要。\n\n" + "".join("```benefit\n" + body for body in [*asks, last])
    library = library_of(("chain.md", text))
    assert {found.code for found in library.errors} <= {"no-stacking"}
    assert "pairs-many" in {found.code for found in library.problems}
    assert library.plans["chain"].order[0] == "b700"


def test_readings_of_one_document_are_counted() -> None:
    many = "".join(f"  读法{n}: {{front matter: {{fund: 专项资金}}}}\n" for n in range(MAX_READINGS + 10))
    text = FRONT + (
        "## 一、条\n摘要。\n\n```question\nid: q\nname: 问\nasks: 怎样\nabout: all\nreadings:\n  照写: as written\n"
        f"{many}runs: 照写\ndecided by: nobody yet\n```\n"
    )
    assert "readings-many" in codes(text)


# -- files ------------------------------------------------------------------------------
@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"a" * (MAX_BYTES + 1)], ids=["not UTF-8", "too large"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.md").write_bytes(data)
    with pytest.raises(PolicyError) as caught:
        open_library(tmp_path)
    assert [(problem.code, problem.spot.file) for problem in caught.value.problems] == [("file-unreadable", "bad.md")]


TRIPWIRE = """
import sys
from tiaowen.cases.suite import read_suite
from tiaowen.check.library import load_library
from tiaowen.check.lints import lint_document
WATCHED = ("open", "exec", "compile", "import", "os.", "socket.", "subprocess.", "ctypes.", "shutil.", "pty.", "urllib.")
text = sys.stdin.read()

def read_it():
    library = load_library({"hostile.md": text, "again.md": text})
    for name, plan in library.plans.items():
        lint_document(library.sources[name], plan, library)
    read_suite(text, "hostile.cases.yaml")
    return [problem.show("en") for problem in library.problems]

read_it()  # modules of ours that are imported when first needed are imported now
seen = []
sys.addaudithook(lambda event, args: seen.append(event) if event.startswith(WATCHED) else None)
read_it()
found = list(seen)
print(found)
sys.exit(bool(found))
"""


@pytest.mark.parametrize("name", ["everything.md", "tags"])
def test_loading_a_library_opens_no_file_and_runs_no_code(name: str) -> None:
    hostile = GOOD if name == "everything.md" else FRONT + (
        "```benefit\nid: !!python/object/apply:os.system [touch owned]\n```\n"
        "```benefit\nid: __import__('os').system('touch owned')\nname: ${jndi:ldap://x}\n"
        "where:\n  条件: open('owned','w')\n```\n"
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", TRIPWIRE],
        input=hostile, capture_output=True, text=True, encoding="utf-8", check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[3] / "src"), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
