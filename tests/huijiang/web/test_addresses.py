"""Every address leads to the page that it was made for: no pattern before it takes it away."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

SAMPLES = {
    "UUIDConverter": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "IntConverter": 7, "SlugConverter": "some-name",
    "StringConverter": "some:name", "PathConverter": "some/name",
}  # fmt: skip


def every(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Names with their patterns, of our own rooms."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from every(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space)
        elif each.name and space:
            yield f"{space}{each.name}", each


def test_every_address_leads_to_its_own_page() -> None:
    wrong = []
    for name, pattern in every(get_resolver().url_patterns):
        told = {key: SAMPLES[type(kind).__name__] for key, kind in pattern.pattern.converters.items()}
        address = reverse(name, kwargs=told)
        found = resolve(address).view_name
        if found != name:
            wrong.append(f"{address}: {name} is taken by {found}")
    assert wrong == []
