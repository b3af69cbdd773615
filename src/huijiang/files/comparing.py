"""The same content, or a picture that looks alike, in another subject.

A finding tells an officer that it is so, how often, where and since when; never whose the other file is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from huijiang.files.models import Blob, File

ALIKE: Final = 12  # of 256 bits that may differ; a scan at another size or quality differs in fewer


@dataclass(frozen=True)
class Match:
    """For the system's own checks: the other subject (`claim:uid`).  Not for a page."""

    subject: str
    region: str
    on: dt.date
    same: bool


@dataclass(frozen=True)
class Finding:
    """`same`: equal byte for byte; else a picture that looks alike.  `places`: names of the regions."""

    same: bool
    count: int
    places: tuple[str, ...]
    since: dt.date


def matches(file: File) -> list[Match]:
    """Files of other subjects with the same or alike content, whoever holds them, the oldest first.

    A file that the same holder attached to a case of theirs from their own folder is no match: it is theirs twice.
    """
    if file.blob is None:
        return []
    alike = alike_blobs(file.blob)
    found = File.objects.filter(blob__in=[file.blob_id, *alike], erased_at=None).exclude(subject=file.subject)
    found = found.exclude(purpose__in=("own", "draft", "letter"))
    return [
        Match(each.subject, each.region.name, timezone.localdate(each.uploaded_at), each.blob_id == file.blob_id)
        for each in found.select_related("region").order_by("uploaded_at", "pk")
    ]


def findings(file: File) -> list[Finding]:
    """What an officer is told."""
    told = []
    for same in (True, False):
        found = [each for each in matches(file) if each.same is same]
        if found:
            places = tuple(dict.fromkeys(each.region for each in found))
            told.append(Finding(same, len({each.subject for each in found}), places, found[0].on))
    return told


def alike_blobs(blob: Blob) -> list[int]:
    """Primary keys of other pictures that look alike.

    Two looks that differ in at most 15 of their 256 bits share one of their 16 bands, so the index finds them.
    """
    if blob.look is None:
        return []
    look = int.from_bytes(bytes(blob.look))
    near = Blob.objects.filter(bands__overlap=blob.bands).exclude(pk=blob.pk).values_list("pk", "look")
    return [
        pk for pk, other in near if other is not None and (look ^ int.from_bytes(bytes(other))).bit_count() <= ALIKE
    ]
