"""The present: what time it is, for every room.

    present.now()      a moment, UTC
    present.today()    the day as people here count it
    present.day_of(at) the day here on which a moment falls

Only a demo may live through another time, to have a year behind it: `lived` is the one door.  It opens where
`HUIJIANG_DEMO` is set, over the database that the platform brings itself, before anything was claimed there; an
installation that works for people has none of the three, and is refused.  Inside, in one transaction, what the database
stamps by itself (column defaults, `now()` in its laws) follows the same clock; constraints and triggers are as ever.
Nothing of it is left when the transaction ends.  The audit trail keeps the true time: it says when the demo was made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

HERE: Final = ZoneInfo("Asia/Shanghai")
SCHEMA: Final = "demo_time"
STAMPS: Final = ("now", "statement_timestamp")
ROOMS: Final = ("claims", "funds", "letters", "notices")
"""Whose column defaults follow the demo's clock."""
_LIVED: ContextVar[dt.datetime | None] = ContextVar("lived", default=None)


class NotADemo(RuntimeError):
    """Time is what it is, outside of a demo that nobody works in yet."""


def now() -> dt.datetime:
    """This moment, in UTC."""
    return _LIVED.get() or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The day as people here count it."""
    return day_of(now())


def day_of(moment: dt.datetime) -> dt.date:
    """The day here on which a moment falls: 2026-11-22T23:00Z is the 23rd."""
    return moment.astimezone(HERE).date()


class Clock:
    """The demo's clock.  `at` sets it, forward or back."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def at(self, moment: dt.datetime) -> None:
        """From now on it is this moment, for the platform and for the database."""
        self.moment = moment
        self.again()

    def on(self, day: dt.date, hour: int = 9, minute: int = 0) -> None:
        self.at(dt.datetime.combine(day, dt.time(hour, minute), HERE).astimezone(dt.UTC))

    def again(self) -> None:
        """After a savepoint was rolled back, which takes the database's setting back with it."""
        _LIVED.set(self.moment)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('demo_time.now', %s, true)", [self.moment.isoformat()])


@contextmanager
def lived(since: dt.datetime) -> Iterator[Clock]:
    """Live from another moment on, in a transaction.  Raises NotADemo wherever that is not the demo's own making."""
    why = refused()
    if why:
        raise NotADemo(why)
    token = _LIVED.set(since)
    try:
        with transaction.atomic():
            stamped, path = _stamped(), _path()
            _open(stamped)
            clock = Clock(since)
            clock.again()
            yield clock
            _close(stamped, path)
    finally:
        _LIVED.reset(token)


def refused() -> str:
    """Why the door stays shut; empty where it opens."""
    if not settings.DEMO:
        return "HUIJIANG_DEMO 没有设为 1：只有演示能补过去的一年 is not 1: only a demo lives through a year"
    if not str(settings.DATABASES["default"]["HOST"]).startswith("/"):
        return "数据库不是平台自带的 the database is not the platform's own (DATABASE_URL)：演示只用自带的"
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM claims_claim) OR EXISTS (SELECT FROM funds_payment)")
        (worked,) = cursor.fetchone()
    return "这里已经有办件 something was claimed here already：时间不能再改 time is what it is" if worked else ""


def _stamped() -> list[tuple[str, str]]:
    """Columns that the database stamps with the time by itself: (table, column)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_attrdef AS d JOIN pg_class AS c ON c.oid = d.adrelid "
            "JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = d.adnum "
            "WHERE pg_get_expr(d.adbin, d.adrelid) = 'statement_timestamp()' AND split_part(c.relname, '_', 1) = ANY(%s) "
            "ORDER BY 1, 2",
            [list(ROOMS)],
        )
        return [(table, column) for table, column in cursor.fetchall()]


def _path() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0])


def _open(stamped: list[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(SCHEMA)))
        for name in STAMPS:
            cursor.execute(sql.SQL(
                "CREATE FUNCTION {}.{}() RETURNS timestamptz STABLE LANGUAGE sql AS "
                "$$ SELECT pg_catalog.current_setting('demo_time.now')::timestamptz $$"
            ).format(sql.Identifier(SCHEMA), sql.Identifier(name)))  # fmt: skip
        # Before pg_catalog, so that what the laws and statements call now() is the demo's.
        cursor.execute(sql.SQL("SET LOCAL search_path = {}, public, pg_catalog").format(sql.Identifier(SCHEMA)))
        _default(stamped, SCHEMA)


def _close(stamped: list[tuple[str, str]], path: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with laws still to be judged can't be altered
        _default(stamped, "pg_catalog")
        cursor.execute("SELECT set_config('search_path', %s, true)", [path])
        for name in STAMPS:  # not CASCADE: what still hangs on them is a fault
            cursor.execute(sql.SQL("DROP FUNCTION {}.{}()").format(sql.Identifier(SCHEMA), sql.Identifier(name)))
        cursor.execute(sql.SQL("DROP SCHEMA {}").format(sql.Identifier(SCHEMA)))


def _default(stamped: list[tuple[str, str]], schema: str) -> None:
    with connection.cursor() as cursor:
        for table, column in stamped:
            cursor.execute(sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}.statement_timestamp()").format(
                sql.Identifier(table), sql.Identifier(column), sql.Identifier(schema)))  # fmt: skip
