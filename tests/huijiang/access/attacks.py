"""What careless and hostile people send, made from the pages themselves: their forms, their filters, their addresses.

Whatever is sent, the answer is a page for people (a 4xx, or the page again with what is wrong), never a fault of ours.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

LONG = "长" * 5_000
WRONG = {
    "NUL": "a\0b", "long": LONG, "number": "9" * 40, "negative": "-1", "date": "0000-99-99", "far": "9999-12-31",
    "signs": "<script>'\"%s,\u202e\U0001f477",
}  # fmt: skip
ONE_BY_ONE = ("NUL", "number")
FILES = {
    "empty": ("空.csv", b""), "no workbook": ("名册.xlsx", b"PK\x03\x04 not a workbook"),
    "no text": ("a.md", b"\xff\xfe\x00\x01"), "no PDF": ("../../etc/passwd.pdf", b"%PDF-1.7 no more"),
    "no zip": ("a.zip", b"PK\x05\x06"),
}  # fmt: skip
BODIES = {
    "no UTF-8": ("application/x-www-form-urlencoded", b"a=%ff%fe&csrfmiddlewaretoken=%c0%80"),
    "no parts": ("multipart/form-data; boundary=x", b"--y\r\nnothing"),
    "no boundary": ("multipart/form-data", b"--y\r\nnothing"),
    "JSON": ("application/json", b'{"a": [1, {"b": null}]}'),
    "large": ("application/x-www-form-urlencoded", b"note=" + b"x" * 2_700_000),
    "many": ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(1_100))),
}  # fmt: skip


@dataclass
class Form:
    """A form as it stands in a page."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """Forms with what they would send, and the names of what links ask for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.asked: set[str] = {"page"}
        self.open: Form | None = None
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attributes}
        if tag == "a":
            self.asked |= {name for name, _ in parse_qsl(urlsplit(told.get("href", "")).query, keep_blank_values=True)}
        if tag == "form":
            self.open = Form(told.get("method", "get").lower(), told.get("action", ""))
            self.found.append(self.open)
        if self.open is None:
            return
        name = told.get("name", "")
        if tag == "option" and self.select and ("selected" in told or not self.open.fields.get(self.select)):
            self.open.fields[self.select] = told.get("value", "")
        if tag == "select" and name:
            self.select = name
            self.open.fields.setdefault(name, "")
        if not name:
            return
        kind = told.get("type", "text")
        if tag == "input" and kind == "file":
            self.open.files.add(name)
        elif tag == "button" or (tag == "input" and kind in ("radio", "checkbox") and name in self.open.fields):
            self.open.fields.setdefault(name, told.get("value", ""))
        elif tag in ("input", "textarea"):
            self.open.fields[name] = told.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        if tag == "select":
            self.select = ""


class Attacker:
    """Sends things as one visitor; each is undone, so that the next finds the world as it was."""

    def __init__(self, client: Client, faults: list[str], expected: int = 200) -> None:
        self.client, self.faults, self.expected = client, faults, expected
        client.raise_request_exception = False

    def get(self, address: str, what: str, data: Any = None) -> Any:
        return self._sent(what, lambda: self.client.get(address, data))

    def post(self, address: str, what: str, data: Any = None, **more: Any) -> Any:
        return self._sent(what, lambda: self.client.post(address, data, **more))

    def _sent(self, what: str, send: Any) -> Any:
        with watched() as raised, transaction.atomic():
            answer = send()
            transaction.set_rollback(True)
        if answer.status_code >= 500 and answer.status_code != self.expected:
            self.faults.append(f"{what}: {answer.status_code} {'; '.join(raised)}")
        return answer


@contextmanager
def watched() -> Iterator[list[str]]:
    """What views raised meanwhile: the kind, its words, the last place of ours."""
    raised: list[str] = []

    def note(**_told: Any) -> None:
        error = sys.exception()
        trace, place = error.__traceback__ if error else None, ""
        while trace is not None:
            code = trace.tb_frame.f_code
            place = (
                f"{code.co_filename.rsplit('/huijiang/', 1)[-1]}:{trace.tb_lineno}"
                if "/huijiang/" in code.co_filename
                else place
            )
            trace = trace.tb_next
        raised.append(f"{type(error).__name__}: {str(error)[:120]} at {place}")

    got_request_exception.connect(note)
    try:
        yield raised
    finally:
        got_request_exception.disconnect(note)


def attack_form(attacker: Attacker, form: Form, here: str) -> None:
    """Everything wrong, in every field at once and in each by itself; then the right thing, twice."""
    address = form.action or here
    name = f"POST {name_of(address)}"
    everything = sorted(form.fields.keys() - {"csrfmiddlewaretoken"})
    attacker.post(address, f"{name} nothing")
    for kind, value in WRONG.items():
        attacker.post(address, f"{name} {kind} everywhere", dict.fromkeys(everything, value))
    for each in everything:
        for kind in ONE_BY_ONE:
            attacker.post(address, f"{name} {kind} in {each}", {**form.fields, each: WRONG[kind]})
        attacker.post(address, f"{name} twice in {each}", {**form.fields, each: ["1", "2", form.fields[each]]})
    for each in sorted(form.files):
        for kind, (file, content) in FILES.items():
            sent = {**form.fields, each: SimpleUploadedFile(file, content)}
            attacker.post(address, f"{name} {kind} as {each}", sent)
        attacker.post(address, f"{name} text as {each}", {**form.fields, each: "text"})
    for kind, (content_type, body) in BODIES.items():
        attacker.post(address, f"{name} {kind}", body, content_type=content_type)
    with watched() as raised, transaction.atomic():
        answers = [attacker.client.post(address, form.fields) for _ in range(2)]
        transaction.set_rollback(True)
    for answer in answers:
        if answer.status_code >= 500:
            attacker.faults.append(f"{name} sent twice: {'; '.join(raised)}")


def attack_query(attacker: Attacker, address: str, names: set[str]) -> None:
    for kind, value in WRONG.items():
        attacker.get(address, f"GET {name_of(address)} {kind} everywhere", dict.fromkeys(sorted(names), value))


def name_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return address
