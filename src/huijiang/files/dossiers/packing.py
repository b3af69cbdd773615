"""An archive of many cases, sent while it is made: each case's bound PDF, its originals, and manifests."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Final

from django.utils import timezone

from huijiang.accounts.viewers import Viewer
from huijiang.files.dossiers.binding import as_pdf, sm3
from huijiang.files.dossiers.parts import Dossier, Paper
from huijiang.files.opening import open_file

ENDINGS: Final = {"jpeg": "jpg"}
UNFIT: Final = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')


class _Stream:
    """What zipfile writes into; taken out piece by piece, never whole."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def take(self) -> bytes:
        taken = b"".join(self._held)
        self._held.clear()
        return taken


def as_archive(viewer: Viewer, title: str, cases: Iterable[Dossier], purpose: str) -> Iterator[bytes]:
    """The archive, chunk by chunk; memory holds one case at a time.

    The numbers of the cases name their folders, so each must be there once.  `manifest.json` stands last: title, when, by whom, and per case and part the SM3 digests of PDF and originals.
    """
    stream = _Stream()
    told = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for case in cases:
            folder = _plain(case.number)
            bound = as_pdf(viewer, case, purpose)
            archive.writestr(f"{folder}/卷宗.pdf", bound.content)
            yield stream.take()
            originals = []
            for number, part in enumerate(case.parts, start=1):
                if not isinstance(part, Paper):
                    continue
                file = open_file(viewer, part.uid, purpose, download=True)
                assert file.file.blob is not None
                kind = file.file.blob.kind
                name = f"{folder}/原件/{number:03d} {_plain(part.title)}.{ENDINGS.get(kind, kind)}"
                with archive.open(name, "w") as out:
                    for chunk in file.chunks():
                        out.write(chunk)
                        yield stream.take()
                originals.append({"part": number, "file": name})
            told.append({"number": case.number, "title": case.title, "pages": bound.pages, "pdf": sm3(bound.content),
                         "originals": originals, "parts": [asdict(line) for line in bound.manifest]})  # fmt: skip
        manifest = {"title": title, "made_at": timezone.now().isoformat(timespec="seconds"),
                    "made_by": str(viewer.user.uid), "digest": "SM3", "cases": told}  # fmt: skip
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    yield stream.take()


def _plain(name: str) -> str:
    return UNFIT.sub("_", name).strip(" .")[:80] or "_"
