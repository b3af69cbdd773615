"""`huijiang doctor`: proves that this machine and this database keep what the platform relies on."""

from __future__ import annotations

import argparse
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from huijiang import configuration, disk
from huijiang.commands.django_setup import set_up

LEAST_VERSION = 150_000
LEAST_FREE = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One point: what was looked at, what was found, and how to mend it where it failed."""

    name: str
    failed: bool
    words: str
    bars: bool = True  # whether the platform does not start with it


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("doctor", help="检查本机与数据库 examine this machine and its database")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from huijiang.commands.serve import with_database

    with with_database():
        found = examine()
    for each in found:
        print(f"{'✗' if each.failed else '✓'} {each.name}: {each.words}")
    failed = sum(each.failed for each in found)
    print(f"{len(found)} 项 points，{failed} 项不合格 failed")
    return 1 if failed else 0


def examine() -> list[Finding]:
    set_up()
    return [*_machine(), *_database()]


def _machine() -> Iterator[Finding]:
    home = configuration.home()
    for name in ("django", "audit", "keys.json"):
        path = home / "secrets" / name
        if not path.is_file():
            yield Finding(f"secrets/{name}", True, "没有 missing；运行 run: huijiang secrets")
        else:
            open_to = stat.S_IMODE(path.stat().st_mode) & 0o077
            yield Finding(f"secrets/{name}", bool(open_to), f"别人也能读 others can read it；chmod 600 {path}"
                          if open_to else "只有主人能读 its owner's alone")  # fmt: skip
    left, kept = disk.free(), disk.reserve()
    mend = ""
    if left < kept:
        mend = "；现在不收材料、不做大作业，清出空间 no papers and no large jobs now: free some space"
    least = max(LEAST_FREE, kept)
    words = f"{left >> 20} MiB 空闲 free；应不少于 at least {least >> 20} MiB{mend}"
    yield Finding("disk", left < least, words, bars=False)


def _database() -> Iterator[Finding]:
    from django.db import Error, connection, transaction

    try:
        connection.ensure_connection()
    except Error as error:
        yield Finding("database", True, f"连不上 can't connect: {error}；核对 check DATABASE_URL")
        return
    version = connection.cursor().execute("SELECT current_setting('server_version_num')::int").fetchone()[0]
    yield Finding("database", version < LEAST_VERSION, f"PostgreSQL {version // 10_000}；应不低于 at least 15")
    for name, law in LAWS.items():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                kept = law(cursor.execute)
                transaction.set_rollback(True)
        except Error as error:
            yield Finding(
                name, True, f"{type(error).__name__}: {str(error).strip()}；这个数据库不能用 use another database"
            )
            continue
        yield Finding(
            name, not kept, "守得住 kept" if kept else "守不住，这个数据库不能用 not kept: use another database"
        )

    yield from _installation()


def _installation() -> Iterator[Finding]:
    """What this installation's own tables lack: laws that are not in place, signers whom nobody knows."""
    from django.db import Error, transaction

    from huijiang.access.humans import unknown_signers
    from huijiang.audit import laws

    try:
        with transaction.atomic():
            missing = [*_triggers_missing(), *(["pgtrigger.ignore"] if laws.can_be_set_aside() else [])]
    except Error as error:
        yield Finding("法则已安装 laws are in place", True, f"{type(error).__name__}；运行 run: huijiang upgrade")
        return
    yield Finding("法则已安装 laws are in place", bool(missing), f"缺少或停用 missing or disabled: {'、'.join(missing[:5])}；"
                  "运行 run: huijiang upgrade" if missing else "触发器都在 every trigger is there")  # fmt: skip
    try:
        with transaction.atomic():
            unknown = unknown_signers()
    except Error as error:
        yield Finding("签署人 signers", True, f"{type(error).__name__}；运行 run: huijiang upgrade")
        return
    yield Finding("签署人 signers", False, f"{len(unknown)} 人没有登记证件，两个账户会被当作两个人 without an identity document: "
                  f"{'、'.join(each.login for each in unknown[:10])}" if unknown else "都有证件 all are known")  # fmt: skip


def _triggers_missing() -> list[str]:
    import pgtrigger
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'")
        there = {row[0] for row in cursor.fetchall()}
    return sorted(f"{model._meta.db_table}.{trigger.name}" for model, trigger in pgtrigger.registered()
                  if trigger.get_pgid(model) not in there)  # fmt: skip


def _refused(execute: Callable[[str], object], statement: str) -> bool:
    """Whether the database refuses a statement."""
    from django.db import IntegrityError, ProgrammingError, transaction
    from django.db.utils import InternalError

    try:
        with transaction.atomic():
            execute(statement)
    except (IntegrityError, ProgrammingError, InternalError):
        return True
    return False


def _exclusion(execute: Callable[[str], object]) -> bool:
    execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    execute("CREATE TEMP TABLE law (who bigint, span daterange, EXCLUDE USING gist (who WITH =, span WITH &&))")
    execute("INSERT INTO law VALUES (1, '[2026-01-01,2026-02-01)'), (2, '[2026-01-01,2026-02-01)')")
    return _refused(execute, "INSERT INTO law VALUES (1, '[2026-01-31,2026-03-01)')")


def _partial_unique(execute: Callable[[str], object]) -> bool:
    execute("CREATE TEMP TABLE law (who bigint, open bool)")
    execute("CREATE UNIQUE INDEX ON law (who) WHERE open")
    execute("INSERT INTO law VALUES (1, true), (1, false), (1, false)")
    return _refused(execute, "INSERT INTO law VALUES (1, true)")


def _apart(execute: Callable[[str], object]) -> bool:
    """Two rows of one thing may not differ in a column: what keeps one person to one kind of signature."""
    execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    execute("CREATE TEMP TABLE law (who bigint, kind text, EXCLUDE USING gist (who WITH =, kind WITH <>))")
    execute("INSERT INTO law VALUES (1, 'a'), (1, 'a'), (2, 'b')")
    return _refused(execute, "INSERT INTO law VALUES (1, 'b')")


def _deferred(execute: Callable[[str], object]) -> bool:
    """Postings that don't balance are refused at the end of the transaction, not before."""
    execute("CREATE TEMP TABLE law (fen bigint)")
    execute(
        "CREATE FUNCTION pg_temp.balances() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF (SELECT sum(fen) FROM law) <> 0 THEN RAISE EXCEPTION 'unbalanced'; END IF; RETURN NULL; END $$"
    )
    execute(
        "CREATE CONSTRAINT TRIGGER balances AFTER INSERT ON law DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION pg_temp.balances()"
    )
    execute("INSERT INTO law VALUES (1)")
    return _refused(execute, "SET CONSTRAINTS ALL IMMEDIATE")


def _append_only(execute: Callable[[str], object]) -> bool:
    execute("CREATE TEMP TABLE law (id bigint)")
    execute(
        "CREATE FUNCTION pg_temp.kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kept'; END $$"
    )
    for event in ("UPDATE OR DELETE", "TRUNCATE"):
        each = "FOR EACH STATEMENT" if event == "TRUNCATE" else "FOR EACH ROW"
        execute(f"CREATE TRIGGER kept_{event[:2]} BEFORE {event} ON law {each} EXECUTE FUNCTION pg_temp.kept()")
    execute("INSERT INTO law VALUES (1)")
    return all(_refused(execute, said) for said in ("UPDATE law SET id = 2", "DELETE FROM law", "TRUNCATE law"))


def _skip_locked(execute: Callable[[str], object]) -> bool:
    execute("CREATE TEMP TABLE law (id bigint)")
    execute("INSERT INTO law VALUES (1)")
    execute("SELECT id FROM law FOR UPDATE SKIP LOCKED")
    execute("SELECT pg_snapshot_xmin(pg_current_snapshot()), pg_current_xact_id(), pg_advisory_xact_lock(1)")
    return True


LAWS: dict[str, Callable[[Callable[[str], object]], bool]] = {
    "时段不重叠 spells never overlap (EXCLUDE)": _exclusion,
    "只有一个有效 only one open (partial unique)": _partial_unique,
    "一人一种签署 one kind a person (EXCLUDE with <>)": _apart,
    "借贷平衡 postings balance (deferred constraint)": _deferred,
    "只增不改 events are only added (triggers)": _append_only,
    "队列与快照 queue and snapshots (SKIP LOCKED, xid8)": _skip_locked,
}
