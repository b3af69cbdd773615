"""`huijiang documents`: a policies folder becomes a release; a release becomes a folder again."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from huijiang.commands.django_setup import set_up


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("documents", help="规则版本的导入与导出 releases: bring in, give out")
    actions = parser.add_subparsers(dest="action", required=True)
    brings = actions.add_parser(
        "import", help="检查政策文件夹，通过就成为待复核的版本 check a folder and make a release"
    )
    brings.add_argument("folder", type=Path, metavar="FOLDER")
    brings.add_argument("--by", required=True, metavar="LOGIN", help="提交人的登录名 who makes it")
    brings.add_argument(
        "--approved-by", metavar="LOGIN", help="复核人的登录名，须是另一人 who approves it, somebody else"
    )
    brings.add_argument("--from", dest="day", type=dt.date.fromisoformat, metavar="YYYY-MM-DD",
                        help="启用日期，默认今天 in force from; today by default")  # fmt: skip
    brings.add_argument("--note", default="", help="说明 what is new")
    brings.set_defaults(run=run_import)
    gives = actions.add_parser("export", help="把一个版本写成文件夹 write a release into a folder")
    gives.add_argument("folder", type=Path, metavar="FOLDER")
    gives.add_argument("--number", type=int, metavar="N", help="版本号，默认现行的 the one in force by default")
    gives.set_defaults(run=run_export)


def run_import(arguments: argparse.Namespace) -> int:
    """0 stored, 1 refused (the problems on stderr), 2 unusable input."""
    from huijiang.commands.serve import with_database

    set_up()
    from django.db import transaction

    from huijiang.accounts.models import User
    from huijiang.accounts.viewers import today
    from huijiang.documents import releases

    if not arguments.folder.is_dir():
        return _said(f"{arguments.folder}: 没有这个文件夹 no such folder", 2)
    with with_database():
        people = {
            each.login: each for each in User.objects.filter(login__in=[arguments.by, arguments.approved_by or ""])
        }
        for login in (arguments.by, arguments.approved_by):
            if login and login not in people:
                return _said(f"{login}: 没有这个账户 no such account", 2)
        try:
            with transaction.atomic():
                files = releases.read_folder(arguments.folder)
                release = releases.make(files, people[arguments.by], arguments.note)
                if arguments.approved_by and release.waiting:
                    release = releases.approve(release, people[arguments.approved_by], arguments.day or today())
        except releases.Refused as error:
            print("\n".join(error.problems), file=sys.stderr)
            return _said(f"未导入，{len(error.problems)} 处问题 not imported, {len(error.problems)} problems", 1)
        except releases.ReleaseError as error:
            return _said(str(error), 1)
        print(f"版本 release {release.number} {release.digest}")
        print(
            f"提交 made by {release.made_by.name}，{release.documents} 份文件 documents，{release.cases} 个算例 cases"
        )
        if release.approved and release.decided_by is not None:
            print(f"复核 approved by {release.decided_by.name}，{release.in_force_from} 起启用 in force")
        else:
            print("等待另一人复核 waits for somebody else's approval: /steward/releases/")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """0 written, 1 when there is no such release or the folder is not empty."""
    from huijiang.commands.serve import with_database

    set_up()
    from huijiang.documents import releases
    from huijiang.documents.models import Release

    with with_database():
        release = Release.objects.filter(number=arguments.number).first() if arguments.number else releases.in_force()
        if release is None:
            return _said("没有这个版本 no such release", 1)
        try:
            count = releases.export(release, arguments.folder)
        except (releases.ReleaseError, OSError) as error:
            return _said(str(error), 1)
        print(f"版本 release {release.number}: {count} 个文件 files → {arguments.folder}")
    return 0


def _said(words: str, status: int) -> int:
    print(f"huijiang documents: {words}", file=sys.stderr)
    return status
