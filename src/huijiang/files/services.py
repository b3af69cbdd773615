"""What other rooms call: store, keep, attach, open, compare.

from huijiang.files import services as files

held = files.store(upload, viewer, "claim:5f0c…", Purpose.EVIDENCE, region="330109", person=7)
for chunk in files.open_file(viewer, held.uid, "review").chunks(): ...
"""

from __future__ import annotations

from huijiang.files.comparing import Finding, findings, matches
from huijiang.files.content import Refused
from huijiang.files.models import File, Purpose
from huijiang.files.opening import Opened, access_files, open_file, register_seats, register_subject
from huijiang.files.storing import NoRoom, attach, keep, keep_made, store

__all__ = [
    "File", "Finding", "NoRoom", "Opened", "Purpose", "Refused", "access_files", "attach", "findings", "keep", "keep_made",
    "matches", "open_file", "register_seats", "register_subject", "store",
]  # fmt: skip
