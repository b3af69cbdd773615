"""`huijiang exchange`: files of other systems into the registry and out of it, by their profile."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import Any

from huijiang.commands.django_setup import set_up


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("exchange", help="交换文件：金保、参保明细、证书查询、花名册 files of other systems")
    actions = parser.add_subparsers(dest="action", required=True)
    lists = actions.add_parser("list", help="有哪些，每列是什么 the profiles, column by column")
    lists.set_defaults(run=run_list)
    for name, act, words in (
        ("read", run_read, "读入登记库，全部写入或一行也不写 into the registry, all of it or nothing"),
        ("write", run_write, "从登记库写出；含证件号码，请妥善保管 out of the registry; it holds identity numbers"),
    ):
        one = actions.add_parser(name, help=words)
        one.add_argument("profile")
        one.add_argument("file", type=Path)
        one.add_argument("--region", required=True, metavar="CODE", help="管理地区 the managing region")
        one.add_argument("--by", required=True, metavar="LOGIN", help="经办人的登录名 whose act this is")
        if name == "read":
            one.add_argument("--as-of", type=dt.date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        one.set_defaults(run=act)


def run_list(arguments: argparse.Namespace) -> int:
    set_up()
    from huijiang.registry.exchange.profiles import profiles

    for each in profiles().values():
        print(f"{each.id}  {each.title}  {each.title_en}  → {each.table}  {'/'.join(each.files)}")
        for column in each.columns:
            print(f"    {column.name} {column.label}  {column.field or '—'}  {column.unused}".rstrip())
    return 0


def run_read(arguments: argparse.Namespace) -> int:
    """0 stored, 1 refused (each fault on stderr), 2 unusable input."""
    return _with(arguments, _read)


def run_write(arguments: argparse.Namespace) -> int:
    """0 written, 2 unusable input."""
    return _with(arguments, _write)


def _with(arguments: argparse.Namespace, act: Any) -> int:
    from huijiang.commands.serve import with_database

    set_up()
    from huijiang.accounts.models import User
    from huijiang.regions.models import Region
    from huijiang.registry.exchange.profiles import profiles

    profile = profiles().get(arguments.profile)
    kind = arguments.file.suffix.lower().removeprefix(".")
    if profile is None or kind not in profile.files:
        known = "、".join(f"{each.id} ({'/'.join(each.files)})" for each in profiles().values())
        return _said(f"{arguments.profile} .{kind}；应为 expected {known}", 2)
    with with_database():
        by, region = (
            User.objects.filter(login=arguments.by).first(),
            Region.objects.filter(code=arguments.region).first(),
        )
        if by is None or region is None:
            return _said(
                f"{arguments.by if by is None else arguments.region}: 没有 there is no such account or region", 2
            )
        status: int = act(arguments, profile, kind, region, by)
        return status


def _read(arguments: argparse.Namespace, profile: Any, kind: str, region: Any, by: Any) -> int:
    from django.db import transaction

    from huijiang.registry.exchange import files, stored
    from huijiang.registry.imports import direct

    try:
        rows = files.read(profile, arguments.file.read_bytes(), kind)
    except (OSError, files.FileProblem) as error:
        return _said(f"{arguments.file}: {error}", 2)
    with transaction.atomic():
        done = direct.store(by, profile.table, region, arguments.as_of, rows, profile.source, arguments.file.name)
        if done.outcome.wrong:
            transaction.set_rollback(True)
    for line in stored.faults_of(done):
        print(line, file=sys.stderr)
    if done.outcome.wrong:
        return _said(f"没有写入，{done.outcome.wrong} 行有错 nothing stored, {done.outcome.wrong} rows are wrong", 1)
    print(f"新增 new {done.outcome.new}，变更 changed {done.outcome.changed}，不变 same {done.outcome.same}")
    return 0


def _write(arguments: argparse.Namespace, profile: Any, kind: str, region: Any, by: Any) -> int:
    from django.db import transaction

    from huijiang.registry.exchange import files, stored

    try:
        with transaction.atomic():  # what is not written was not given out
            rows = stored.taken_out(profile, region, by)
            arguments.file.touch(0o600)
            arguments.file.write_bytes(files.write(profile, rows, kind))
    except OSError as error:
        return _said(str(error), 2)
    print(f"{len(rows)} 行 rows → {arguments.file}")
    return 0


def _said(words: str, status: int) -> int:
    print(f"huijiang exchange: {words}", file=sys.stderr)
    return status
