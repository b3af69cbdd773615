"""What a draft lacks as a whole: dates, issuer, departments, rules for overlap; and names that slip."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tiaowen.coverage.originals import Original, Passage
from tiaowen.draft.finding import Finding, finding
from tiaowen.draft.sentences import PAID, Sentence
from tiaowen.vocabulary.regions import Regions

_DAY = r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
_FROM = re.compile(rf"{_DAY}\s*(?:起|开始)(?:[^，。；\d]{{0,6}})(?:施行|实施|执行|生效)")
_FROM_ISSUE = re.compile(
    r"(?:自|从)?(?:印发|发布|公布|颁布)之日起[^。；]{0,8}(?:施行|实施|执行)|(?:自|从)[^。；]{2,24}起(?:施行|实施|执行)"
)
_UNTIL = re.compile(rf"(?:至|到|止于)\s*{_DAY}\s*(?:止|为止)?")
_TERM = re.compile(r"有效期|试行期|实施期限|期限为|施行期")
_BODY = re.compile(r"责任单位|牵头|负责|[\u4e00-\u9fff]{1,8}(?:局|委员会|部门|办公室|总工会|团市委|镇（街道）)")
_OVERLAP = re.compile(r"就高|不重复|不得重复|不同时享受|不能同时|叠加|可同时|择优|从高")
_CLAIM = re.compile(r"申请|申领|申报|受理|办理|材料")
_INCLUSIVE = re.compile(r"(?:以上|以下|以内)[^。]{0,14}(?:均?(?:含|包括)本)|含本数")
_SUFFIX = ("自治区", "自治县", "省", "市", "区", "县")
_NAMED = r"[\u4e00-\u9fff]"


def in_whole(
    original: Original, sentences: dict[str, list[Sentence]], whole: str, regions: Regions
) -> Iterator[Finding]:
    """Findings of the document: clause empty."""
    yield from _dates(whole)
    if not any(passage.label in ("〔落款〕", "〔版记〕") for passage in original.passages):
        yield finding("issuer-missing", "", "")
    clauses = [
        passage.label for passage in original.passages
        if any(f.role in (*PAID, "threshold", "count", "share") for s in sentences[passage.label] for f in s.figures)
    ]  # fmt: skip
    unled = [label for label in clauses if not any(_BODY.search(s.text) for s in sentences[label])]
    if unled:
        yield finding("departments-missing", "", unled)
    paid = [label for label in clauses if any(s.money for s in sentences[label])]
    if paid and not _OVERLAP.search(whole):
        yield finding("overlap-unsaid", "", paid)
    if paid and not _CLAIM.search(whole):
        yield finding("procedure-missing", "", paid)
    bounds = [
        f"{f.token}{word.group()}"
        for each in sentences.values() for s in each for f in s.figures
        if (word := re.match(r"\s*(?:及以上|以上|以下|以内)", s.text[f.end - s.start :]))
    ]  # fmt: skip
    if bounds and not _INCLUSIVE.search(whole):
        yield finding("inclusive-unsaid", "", bounds)
    for passage in original.passages:
        yield from misnamed(passage, regions)


def _dates(whole: str) -> Iterator[Finding]:
    begins = sorted({_day(match.groups()) for match in _FROM.finditer(whole)})
    ends = sorted({_day(match.groups()) for match in _UNTIL.finditer(whole)})
    if not begins and not _FROM_ISSUE.search(whole):
        yield finding("effective-missing", "", "")
    if not ends and not _TERM.search(whole):
        yield finding("expiry-missing", "", "")
    if len(begins) > 1:
        yield finding("two-dates", "", begins, dates=" / ".join(begins))
    if begins and ends and ends[-1] < begins[0]:
        yield finding("two-dates", "", [begins[0], ends[-1]], dates=f"{begins[0]} > {ends[-1]}")


def _day(parts: tuple[str, ...]) -> str:
    year, month, day = (int(part) for part in parts[-3:])
    return f"{year:04}-{month:02}-{day:02}"


# -- a place that slips in a row of titles --------------------------------------------
def misnamed(passage: Passage, regions: Regions) -> Iterator[Finding]:
    """In a row of at least three titles with one place's name before them, the one with another's.

    The same title must stand in the clause with the usual place too, or share its last two
    signs with the row: 余姚工匠、余姚杰出工匠、宁波青年工匠.
    """
    names = sorted({_bare(region.name) for region in regions.by_code.values()}, key=len, reverse=True)
    place = "|".join(re.escape(name) for name in names if len(name) > 1)
    named = rf"(?P<place>{place})(?:市|区|县|省)?(?P<title>{_NAMED}{{2,8}})"
    first = re.compile(rf"^[^、，。；]*?{named}")
    title = re.compile(rf"^(?:\d+\s*(?:名|个|家)\s*)?{named}")  # one with a verb of its own begins another row
    found: dict[str, tuple[str, str, str]] = {}
    for sentence in re.split(r"[，。；;\n]", passage.text):
        parts = sentence.split("、")
        row = [m for at, part in enumerate(parts) if (m := (title if at else first).match(part.strip()))]
        if len(row) < 3:
            continue
        usual, many = Counter(match["place"] for match in row).most_common(1)[0]
        odd = [match for match in row if match["place"] != usual]
        kinds = {match["title"][:8] for match in row if match["place"] == usual}
        if many < 2 or len(odd) != 1 or 2 * many <= len(row):
            continue
        match = odd[0]
        own = re.sub(r"(?:人选|称号|荣誉|等).*$", "", match["title"])
        alike = any(own[-2:] in kind for kind in kinds) or f"{usual}{own}" in passage.text
        if alike:
            found.setdefault(f"{match['place']}{own}", (f"{usual}{own}", usual, match["place"]))
    for token, (other, usual, odd_place) in found.items():
        tokens = [token, other] if other in passage.text else [token]
        yield finding("place-mismatch", passage.label, tokens, passage.line, usual=usual, odd=odd_place)


def _bare(name: str) -> str:
    for suffix in _SUFFIX:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name[: -len(suffix)]
    return name
