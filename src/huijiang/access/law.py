"""The access law: who sees which rows and which of their columns.  Data about people is reached here alone.

| who | rows | columns that the vocabulary shows to |
|---|---|---|
| worker | those about the person: the table's `person` column, or the person's own row | self |
| worker named otherwise in a row (a master, a recruiter) | where the table shows something to them | named |
| agent of the employer named in the row | those rows | employer |
| agent of the body that supplied the row | those rows | supplier |
| agent, of rows about the organisation itself | those rows | self |
| agent with the person's consent | rows of that person | consent, beside the above |
| staff with a role of FACTS | rows managed by a region of theirs | authority |
| another system | those of its office, or of its firm | of these, the ones that it was registered for |
| everybody else | none | none |

An identity number is never a column of a list: it is unmasked one by one, with a purpose (`sightings`).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from huijiang.access.models import Consent
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.registry.linked import aliases, family, read_as
from huijiang.registry.models import MODELS, Organisation, Person
from huijiang.registry.vocabulary import stored_columns, vocabulary
from tiaowen.vocabulary.model import Column, Table

FACTS: Final = frozenset({
    Role.COUNTER, Role.INTAKE, Role.REVIEWER, Role.SECOND_REVIEWER, Role.SUPERVISOR, Role.HOTLINE, Role.REGISTRAR,
    Role.AUDITOR,
})  # fmt: skip
"""Roles that look at single people and firms; others see counts, money or settings only."""

HIDDEN_FROM_HOTLINE: Final = frozenset({("person", "annual_pay")})


def _references(table: Table, to: str) -> list[str]:
    return [each.name for each in stored_columns(table) if each.type.kind == "row" and each.type.name == to]


def _of_employer(name: str) -> bool:
    return name == "employer" or name.endswith("_employer")


def access_rows(viewer: Viewer, table_id: str) -> QuerySet[Model]:
    """The rows of a table that the viewer may see.  One condition a line; nothing else narrows or widens it."""
    rows = MODELS[table_id]._default_manager.all()
    table = vocabulary().tables[table_id]
    match viewer.capacity:
        case Capacity.WORKER:
            return rows.filter(_about_person(table, viewer))
        case Capacity.AGENT:
            return rows.filter(_about_organisation(table, viewer) | _by_consent(table, viewer))
        case Capacity.STAFF:
            return rows.filter(in_scope(viewer.paths(*FACTS)))


def access_columns(viewer: Viewer, table_id: str, row: Any = None) -> frozenset[str]:
    """The columns that the viewer may see: of one row, or (for lists) those that are sure in every row they see."""
    table = vocabulary().tables[table_id]
    if row is None and viewer.capacity is Capacity.WORKER and _named(table):
        ways = [frozenset({"named"}), *([frozenset({"self"})] if _subject(table) else [])]
    else:
        ways = [_words(viewer, table, row)]
    return frozenset(
        each.name for each in stored_columns(table)
        if all(words & _seen_by(each) for words in ways) and not _hidden(viewer, table_id, each.name)
    )  # fmt: skip


def access_people(viewer: Viewer) -> QuerySet[Any]:
    """The people whose page the viewer may open."""
    people: QuerySet[Any] = Person.objects.all()
    match viewer.capacity:
        case Capacity.WORKER:
            return people.filter(pk=viewer.person)
        case Capacity.AGENT:
            found = people.filter(Q(employer__in=viewer.firms) | Q(pk__in=consenting(viewer)))
            return found.exclude(pk__in=aliases("person"))
        case Capacity.STAFF:
            scope = in_scope(viewer.paths(*FACTS))
            found = people.filter(scope | reduce(or_, (Exists(_facts_of_person(name, scope)) for name in SPELLS)))
            return found.exclude(pk__in=aliases("person"))


SPELLS: Final = ("insurance", "employment", "certificate", "enrolment")
"""Tables by which a person belongs to a region's work, beside the person's own row."""


def access_organisations(viewer: Viewer) -> QuerySet[Any]:
    """The organisations whose page the viewer may open."""
    firms: QuerySet[Any] = Organisation.objects.all()
    match viewer.capacity:
        case Capacity.WORKER:
            return firms.none()
        case Capacity.AGENT:
            return firms.filter(pk=viewer.organisation)
        case Capacity.STAFF:
            return firms.filter(in_scope(viewer.paths(*FACTS))).exclude(pk__in=aliases("organisation"))


def in_scope(paths: Iterable[str], column: str = "managed_by") -> Q:
    """Rows managed within one of the regions; no region, no row."""
    found = Q(pk__in=())
    for path in paths:
        found |= Q(**{f"{column}__path__startswith": path})
    return found


def _subject(table: Table) -> str:
    """The column with the one whom a row is about: "pk" in the table of people, empty in tables about nobody."""
    if table.id == "person":
        return "pk"
    return table.person if table.person in _references(table, "person") else ""


def _named(table: Table) -> list[str]:
    """Columns with people who are only named in a row, in tables that show them something of it."""
    if table.id == "person" or not any("named" in _seen_by(each) for each in stored_columns(table)):
        return []
    return [name for name in _references(table, "person") if name != table.person]


def _seen_by(column: Column) -> frozenset[str]:
    return frozenset(word.strip() for word in column.visible.split(","))


def _about_person(table: Table, viewer: Viewer) -> Q:
    columns = [*filter(None, [_subject(table)]), *_named(table)]
    return reduce(or_, (Q(**{f"{name}__in": viewer.people}) for name in columns), Q(pk__in=()))


def _about_organisation(table: Table, viewer: Viewer) -> Q:
    if table.id == "organisation":
        return Q(pk=viewer.organisation)
    return reduce(or_, (Q(**{f"{n}__in": viewer.firms}) for n in _references(table, "organisation")), Q(pk__in=()))


def _by_consent(table: Table, viewer: Viewer) -> Q:
    if table.id == "person":
        return Q(pk__in=consenting(viewer))
    if not table.person or table.person not in _references(table, "person"):
        return Q(pk__in=())
    return Q(**{f"{table.person}__in": consenting(viewer)})


def consenting(viewer: Viewer, *purposes: str) -> QuerySet[Any, Any]:
    """The people who agreed that a firm may look (for one of the purposes, where any is named), today.

    Whoever agreed under a record that was merged into another agreed as the person that it is read as.
    """
    given = Consent.objects.filter(organisation__in=viewer.firms, withdrawn_at=None, until__gte=viewer.on)
    if purposes:
        given = given.filter(purpose__in=purposes)
    return given.annotate(whose=read_as("person", "person")).values("whose")


def agreed(viewer: Viewer, person: int, *purposes: str) -> bool:
    """Whether this person is among those who agreed; under whichever record they are asked about."""
    return consenting(viewer, *purposes).filter(person__in=family("person", person)).exists()


def _facts_of_person(table_id: str, scope: Q) -> QuerySet[Model]:
    (person, *_) = _references(vocabulary().tables[table_id], "person")
    return MODELS[table_id]._default_manager.filter(scope, **{person: OuterRef("pk")})


def _words(viewer: Viewer, table: Table, row: Any) -> frozenset[str]:
    """Under which of the vocabulary's words the viewer stands to a row; to a row not theirs, under none."""
    match viewer.capacity:
        case Capacity.WORKER:
            return _words_of_worker(viewer, table, row)
        case Capacity.STAFF:
            own = bool(viewer.roles & FACTS) and (row is None or _managed(viewer, table, row))
            return frozenset({"authority"}) if own else frozenset()
        case Capacity.AGENT:
            return _words_of_agent(viewer, table, row)


def _words_of_worker(viewer: Viewer, table: Table, row: Any) -> frozenset[str]:
    subject = _subject(table)
    if row is None:
        return frozenset({"self"}) if subject else frozenset()
    words = set()
    if subject and _is(row, subject, viewer):
        words.add("self")
    if any(_is(row, name, viewer) for name in _named(table)):
        words.add("named")
    return frozenset(words)


def _is(row: Any, column: str, viewer: Viewer) -> bool:
    return (row.pk if column == "pk" else getattr(row, f"{column}_id")) in viewer.people


def _managed(viewer: Viewer, table: Table, row: Any) -> bool:
    if table.id == "person":
        return access_people(viewer).filter(pk=row.pk).exists()
    return str(row.managed_by.path).startswith(viewer.paths(*FACTS))


def _words_of_agent(viewer: Viewer, table: Table, row: Any) -> frozenset[str]:
    if table.id == "organisation":
        return frozenset({"self"}) if row is None or row.pk == viewer.organisation else frozenset()
    if row is None:
        return frozenset() if _references(table, "person") else frozenset({"self"})
    pointing = [n for n in _references(table, "organisation") if getattr(row, f"{n}_id") in viewer.firms]
    if not _references(table, "person"):
        return frozenset({"self"}) if pointing else frozenset()
    words = {"employer" if _of_employer(name) else "supplier" for name in pointing}
    person = row.pk if table.id == "person" else getattr(row, f"{table.person}_id", None) if table.person else None
    if person is not None and agreed(viewer, person):
        words.add("consent")
    return frozenset(words)


def _hidden(viewer: Viewer, table_id: str, column: str) -> bool:
    if (table_id, column) == ("person", "id_number"):
        return True
    if viewer.only is not None and f"{table_id}.{column}" not in viewer.only:
        return True
    only_hotline = viewer.capacity is Capacity.STAFF and viewer.roles & FACTS == {Role.HOTLINE}
    return only_hotline and (table_id, column) in HIDDEN_FROM_HOTLINE
