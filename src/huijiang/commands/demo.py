"""`huijiang demo`: a sample roster with its report, a county's picture, and the platform over the same county with
one account for each role, ready to sign in."""

from __future__ import annotations

import argparse
import gc
import os
import socket
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path
from urllib.error import URLError

from huijiang import configuration
from huijiang.commands import secrets, upgrade
from huijiang.commands.serve import embedded, port
from huijiang.picture.command import REGION, picture
from huijiang.picture.command import add_options as add_picture_options
from huijiang.supervisor.supervisor import Supervisor, command
from tiaowen.cli.demo import run_demo

PORT = 8000
PATIENCE = 60  # seconds until the pages answer


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("demo", help="示例名册、全区图景、整个平台 a sample roster, a county, the platform")
    add_picture_options(parser)
    parser.add_argument("--on", help="名册按哪天 the day of the roster's question (today)")
    parser.add_argument("--staff", type=int, default=500, help="名册人数 size of the sample roster (500)")
    parser.add_argument(
        "--port", type=port, default=PORT, help=f"端口 port ({PORT}; 被占用时另选 another one when it is taken)"
    )
    parser.add_argument("--once", action="store_true", help="起好、自查后就停 start, check, stop")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """The roster's report, the county's picture, then the platform.  2 when something can't be used."""
    arguments.policies = None
    for step in (run_demo, picture, platform):
        status = step(arguments)
        gc.unfreeze()  # the roster's run takes itself for the last thing that the process does
        if status:
            return status
        print()
    return 0


def platform(arguments: argparse.Namespace) -> int:
    """Start the platform on this machine; stays until it is stopped, or ends after a check of itself where nobody
    is at the terminal."""
    os.environ.setdefault("HUIJIANG_HOME", str(Path(".huijiang") / "demo"))
    os.environ["HUIJIANG_DEMO"] = "1"
    os.environ.setdefault("HUIJIANG_LOG_LEVEL", "WARNING")
    os.environ.setdefault("HUIJIANG_PLACE", f"{REGION}技能人才服务平台（演示）")
    secrets.ensure()
    address = f"127.0.0.1:{_free(arguments.port)}"
    stay = sys.stdout.isatty() and not arguments.once
    checked = False

    def ready() -> None:
        nonlocal checked
        _await(address)
        _tell(address)
        checked = True

    county = arguments.folder.resolve() / "county"
    supervisor = Supervisor(configuration.home(), embedded(), {
        "web": command("web", "--bind", address), "worker": command("worker"),
    })  # fmt: skip
    supervisor.run(before=partial(prepare, county), ready=ready, until=lambda: not stay and checked)
    return 0


def prepare(county: Path) -> None:
    """Structure, accounts, a release, the picture's county and its results; what is there already stays as it is."""
    upgrade.apply()
    from django.conf import settings

    from huijiang import present
    from huijiang.access import demo as people
    from huijiang.accounts import demo as staff
    from huijiang.accounts.models import User
    from huijiang.accounts.viewers import today
    from huijiang.demo import people as office
    from huijiang.demo import surveying, year
    from huijiang.demo.calendar import begun, ended
    from huijiang.documents import invented, releases
    from huijiang.entitlements import nightly
    from huijiang.entitlements.models import NightlyRun
    from huijiang.notices import demo as messages
    from huijiang.regions.models import Region
    from huijiang.registry.load import load
    from huijiang.registry.models import Person
    from huijiang.synth.county import DAY

    region = Region.objects.get(name=REGION)
    staff.make(region)
    if releases.in_force() is None:
        _say("检查并启用政策版本 checking and releasing the policies")
        with present.lived(begun(ended(present.now(), region))):  # in force since the year began
            steward, approver = (
                User.objects.get(login=f"{staff.PREFIX}{name}") for name in ("steward", "steward-approver")
            )
            example = invented.folder(settings.POLICIES)
            files = invented.with_invented(releases.read_folder(settings.POLICIES), example)
            made = releases.make(files, steward, originals=invented.originals(example, steward))
            releases.approve(made, approver, today())
    if not Person.objects.exists():
        _say("写入名册 into the registry")
        load(county, region, DAY)
    if not NightlyRun.objects.filter(region=region).exists():
        _say("夜间计算 the nightly run")
        nightly.run(today())
    people.make(region, workers=office.workers_of(region), firms=office.firms_of(region))
    if not year.lived(region):
        _say("过一年：申报、审核、拨付 a year: claims, casework, payments")
        year.live(region, _say)
    if surveying.make(region):
        _say("用工摸排 surveys of employers")
    messages.make()


def _tell(address: str) -> None:
    from huijiang.accounts import demo

    print(f"\n惠匠 Huijiang  http://{address}/\n", flush=True)
    print(f"  口令 password  {demo.PASSWORD}")
    for each in demo.shown():
        code = f"  动态码见登录页 code on the sign-in page ({each.secret})" if each.secret else ""
        print(f"  {each.login:<24} {each.name}{code}")
    print("\n全部为合成数据 everything is synthetic", flush=True)
    if sys.stdout.isatty():
        print("按 Ctrl-C 停止 Ctrl-C stops it", flush=True)


def _await(address: str) -> None:
    """Until the pages answer.  Raises TimeoutError."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://{address}/readyz", timeout=PATIENCE) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(f"http://{address}/readyz: {PATIENCE} 秒没有应答 no answer in {PATIENCE} s")


def _free(wanted: int) -> int:
    """The port asked for, or another when that is taken."""
    for number in (wanted, 0):
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", number))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    raise OSError("127.0.0.1: 没有空闲端口 no free port")


def _say(words: str) -> None:
    print(f"· {words}", file=sys.stderr, flush=True)
