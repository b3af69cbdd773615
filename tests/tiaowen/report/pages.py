"""A page read back from its HTML: cards, headings, tables, text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br"}


@dataclass
class Element:
    """An element with its attributes, children and text in order."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def all(self, tag: str = "", css: str = "") -> list[Element]:
        """Every element below with this tag and class."""
        found: list[Element] = []
        for child in self.children:
            if isinstance(child, Element):
                if (not tag or child.tag == tag) and (not css or css in child.attributes.get("class", "").split()):
                    found.append(child)
                found += child.all(tag, css)
        return found

    def with_id(self, name: str) -> Element:
        return next(each for each in self.all() if each.attributes.get("id") == name)

    @property
    def text(self) -> str:
        """All text below, runs of space as one."""
        return " ".join("".join(c if isinstance(c, str) else c.text for c in self.children).split())


Page = Element


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            raise AssertionError(f"</{tag}> closes <{self.open[-1].tag}>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_page(html: str) -> Page:
    """The page as a tree; an element that is closed wrongly is an error."""
    reader = _Reader()
    reader.feed(html)
    assert [each.tag for each in reader.open] == [""]
    return reader.root
