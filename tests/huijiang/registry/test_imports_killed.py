"""A process that is killed in the middle of storing leaves nothing behind, and one that is cancelled neither."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from huijiang.jobs import Cancelled
from huijiang.jobs.models import Run, State
from huijiang.regions import tree
from huijiang.regions.models import Region
from huijiang.registry.imports import batches
from huijiang.registry.models import IdentityDocument, ImportBatch, Person
from huijiang.registry.vocabulary import vocabulary
from tests.huijiang.registry.test_imports import DAY, PERSON, lines
from tiaowen.identifiers.person import person_check_character

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]
STORING = """
import sys
import django
django.setup()
from huijiang.registry.imports import batches
from huijiang.registry.models import ImportBatch
def report(done):
    print(done, flush=True)
    sys.stdin.readline()
batches.apply(ImportBatch.objects.get(pk=int(sys.argv[1])), report)
"""


@pytest.fixture
def read() -> ImportBatch:
    """A file of 2,500 people, read and waiting."""
    tree.sync(vocabulary().regions)
    rows = []
    for n in range(2_500):
        body = f"339999{19_900_101 + n // 1_000}{n % 1_000:03d}"
        rows.append([body + person_check_character(body), f"小{n}", "", "", "", ""])
    batch = batches.receive(None, "person", Region.objects.get(code="330109"), DAY, "名册.csv", [lines(PERSON, rows)])
    batches.examine(batch)
    batch.refresh_from_db()
    assert (batch.state, batch.rows_new) == ("read", 2_500)
    return batch


def test_killed_in_the_middle_nothing_is_stored_and_the_batch_says_so(read: ImportBatch) -> None:
    assert batches.confirm(None, read)
    told = connection.settings_dict
    address = f"postgresql://{told['USER']}@/{told['NAME']}?host={quote(told['HOST'])}&port={told['PORT']}"
    environment = {
        **os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "huijiang.settings",
        "HUIJIANG_HOME": str(settings.DATA), "PYTHONPATH": str(ROOT / "src"),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", STORING, str(read.pk)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
        cwd=ROOT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    while (line := process.stdout.readline()) and line.strip() != "1000":
        pass
    assert line.strip() == "1000"  # a thousand rows are on their way, none committed
    process.send_signal(signal.SIGKILL)
    process.communicate()
    read.refresh_from_db()
    assert read.state == "applying"
    assert (Person.objects.count(), IdentityDocument.objects.count()) == (0, 0)
    Run.objects.filter(uid=read.run).update(state=State.FAILED, ended_at=dt.datetime.now(dt.UTC))  # as recovery does
    assert batches.settle() == 1
    read.refresh_from_db()
    assert read.state == "broken"
    assert not batches.file_of(read).exists()


def test_cancelled_in_the_middle_nothing_is_stored(read: ImportBatch) -> None:
    def report(done: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        batches.apply(read, report)
    read.refresh_from_db()
    assert read.state == "cancelled"
    assert not batches.file_of(read).exists()
    assert Person.objects.count() == 0
