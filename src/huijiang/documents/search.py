"""Finding documents, clauses and benefits: by pairs of characters, by sound, by topic, issuer, place and validity.

The index is a table of PostgreSQL, made from a library the first time that it is searched; the answer of a
word comes from an index of pairs (two characters are enough), then is checked against the text, so that
nothing is found that does not have the word.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from huijiang.documents import shelf
from huijiang.documents.models import SearchEntry, SearchSound
from huijiang.documents.shelf import Asked, Hit, folded
from huijiang.registry.names import sounded
from tiaowen.check.library import Library
from tiaowen.plan.rules import Rule

KEPT = 3  # libraries whose index stays: the one in force, the one before, one that waits
LOCK = 7_202_611_05
SOUNDS = 24  # characters of a title from which on it is known by its sound
LONGEST = 60
ALPHABETIC = re.compile(r"[a-z]{2,}")
PROMISES = ("benefit", "treatment")


@dataclass(frozen=True)
class Found:
    """What answers: documents with their clauses, and benefits as (document, rule)."""

    hits: list[Hit]
    benefits: list[tuple[str, str]]

    @property
    def clauses(self) -> int:
        return sum(len(each.clauses) for each in self.hits)


def find(held: Library, asked: Asked, on: dt.date) -> Found:
    """Everything that answers, documents in the order of the shelf."""
    documents = shelf.documents(held, on)
    if not asked.inside:
        names = set(_of(held, asked, on).filter(kind=SearchEntry.Kind.DOCUMENT).values_list("document", flat=True))
        return Found([Hit(each, (), True) for each in documents if each.plan.id in names], [])
    entries = _of(held, asked, on)
    for word in asked.words:
        entries = entries.filter(_has(word))
    named: set[str] = set()
    clauses: dict[str, set[str]] = {}
    benefits: list[tuple[str, str]] = []
    for kind, document, key in entries.values_list("kind", "document", "key"):
        if kind == SearchEntry.Kind.DOCUMENT and not asked.topic:
            named.add(document)
        elif kind == SearchEntry.Kind.CLAUSE:
            clauses.setdefault(document, set()).add(key)
        elif kind == SearchEntry.Kind.BENEFIT:
            benefits.append((document, key))
    hits = [
        Hit(each, tuple(c for c in each.clauses if c.key in clauses.get(each.plan.id, ())), each.plan.id in named)
        for each in documents if each.plan.id in named or each.plan.id in clauses
    ]  # fmt: skip
    order = {(each.plan.id, rule.id): at for at, (each, rule) in enumerate(
        (each, rule) for each in documents for rule in each.rules)}  # fmt: skip
    return Found(hits, sorted(benefits, key=lambda each: order.get(each, len(order))))


def _of(held: Library, asked: Asked, on: dt.date) -> QuerySet[SearchEntry]:
    """The entries that the choices leave, whatever their words."""
    found = SearchEntry.objects.filter(library=ensure(held))
    if asked.topic:
        found = found.filter(topics__contains=[asked.topic])
    if asked.issuer:
        found = found.filter(issuers__contains=[asked.issuer])
    if asked.place:
        found = found.filter(region__in=held.vocabulary.regions.chain(asked.place))
    return found.filter(_valid(asked.validity, on)) if asked.validity else found


def _valid(validity: str, on: dt.date) -> Q:
    """As `shelf.validity` says it of a plan."""
    runs = ~Q(status__in=("draft", "repealed"))
    coming, over = Q(effective__gt=on), Q(expires__lt=on)
    begun = Q(effective=None) | Q(effective__lte=on)
    return {
        "draft": Q(status="draft"), "repealed": Q(status="repealed"), "coming": runs & coming,
        "expired": runs & begun & over, "valid": runs & begun & (Q(expires=None) | Q(expires__gte=on)),
    }.get(validity, Q(pk__in=()))  # fmt: skip


def _has(word: str) -> Q:
    """Entries whose text has a word, or whose title sounds like it."""
    written = Q(grams__contains=sorted(grams(word))) & Q(text__contains=word)
    sound = word.replace("'", "")
    if not ALPHABETIC.fullmatch(sound):
        return written
    return written | Q(Exists(SearchSound.objects.filter(entry=OuterRef("pk"), sound__startswith=sound[:LONGEST])))


def grams(text: str) -> set[str]:
    """Pairs of characters that stand side by side, and each character: so that one is enough to look for."""
    plain = folded(text)
    found = {character for character in plain if not character.isspace()}
    pairs = (plain[at : at + 2] for at in range(len(plain) - 1))
    return found | {pair for pair in pairs if not any(character.isspace() for character in pair)}


def sounds(title: str) -> set[str]:
    """How a title sounds from each of its characters on, in full and by first letters."""
    syllables = [each for each in sounded(re.sub(r"[^\w]", "", title), person=False).split() if each]
    found = set()
    for at in range(min(len(syllables), SOUNDS)):
        found.add("".join(syllables[at:])[:LONGEST])
        found.add("".join(each[0] for each in syllables[at:])[:LONGEST])
    return found


# -- making the index ---------------------------------------------------------------
def ensure(held: Library) -> str:
    """The address of a library whose index is there; made now when it is not."""
    name = held.release
    if not SearchEntry.objects.filter(library=name).exists():
        _make(held, name)
    return name


@transaction.atomic
def _make(held: Library, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    if SearchEntry.objects.filter(library=name).exists():
        return
    made = list(_entries(held, name))
    SearchEntry.objects.bulk_create([entry for entry, _ in made], batch_size=500)
    SearchSound.objects.bulk_create(
        [SearchSound(entry=entry, sound=sound) for entry, title in made for sound in sorted(sounds(title))],
        batch_size=2_000,
    )
    newest = SearchEntry.objects.values("library").annotate(last=Max("pk")).order_by("-last")[:KEPT]
    SearchEntry.objects.exclude(library__in=[each["library"] for each in newest]).delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE documents_searchentry, documents_searchsound")


def _entries(held: Library, name: str) -> Iterator[tuple[SearchEntry, str]]:
    for each in shelf.documents(held, dt.date.min):
        plan = each.plan
        common = {"library": name, "document": plan.id, "issuers": list(plan.issuers), "region": plan.region,
                  "status": plan.status, "effective": plan.effective, "expires": plan.expires}  # fmt: skip
        title = f"{plan.title}\n{plan.number}"
        yield _entry("document", "", title, sorted(each.topics()), common), plan.title
        for clause in each.clauses:
            topics = {plan.rules[block.id].table for block in clause.blocks if block.id in plan.rules}
            yield _entry("clause", clause.key, shelf.clause_text(each, clause), sorted(topics), common), clause.title
        for rule in each.rules:
            if rule.kind in PROMISES:
                yield _entry("benefit", rule.id, _benefit_text(each, rule), [rule.table], common), rule.name


def _benefit_text(found: shelf.Document, rule: Rule) -> str:
    """What a search looks through: name, fund, document, conditions."""
    labels = (condition.label for condition in rule.conditions)
    return "\n".join([rule.name, rule.fund, found.plan.title, found.plan.number, *labels])


def _entry(kind: str, key: str, text: str, topics: Iterable[str], common: Mapping[str, Any]) -> SearchEntry:
    plain = folded(text).replace("\0", "")
    return SearchEntry(kind=kind, key=key, text=plain, grams=sorted(grams(plain)), topics=list(topics), **common)
