"""The `huijiang` command.

huijiang serve                  the platform: web, worker, and its own database if none is set
huijiang upgrade | doctor | secrets | backup | restore | rotate-keys | verify-audit | anchor
huijiang verify-files           whether every stored paper opens
huijiang documents import | export   a policies folder becomes a release, and back
huijiang appoint                make somebody system, security or audit administrator
huijiang messages [--check]     the English of the pages, compiled or checked
huijiang claims-states          the states of a claim, drawn for the documentation
huijiang synth | load           a synthetic county: made, and put into the registry
huijiang exchange list | read | write   files of other systems: 金保, insurance, certificates, rosters
huijiang picture                who is owed what in a synthetic county
huijiang bank-simulator         a bank for demos: answers payment files in a folder
huijiang demo                   a sample roster, the county's picture, and the platform with both
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from huijiang.commands import (
    appoint,
    audit,
    backup,
    claims_states,
    demo,
    doctor,
    documents,
    exchange,
    files,
    load,
    rotate_keys,
    secrets,
    serve,
    upgrade,
)
from huijiang.configuration import ConfigurationError
from huijiang.funds import simulator
from huijiang.picture.command import add_picture
from huijiang.supervisor.postgres import PostgresError
from huijiang.supervisor.supervisor import SupervisorError
from huijiang.synth.command import add_synth
from huijiang.web import messages

CONNECTING = ("", "08", "28", "3D")  # classes of SQLSTATE: no connection, no sign-in, no such database
MISSING = ("42P01", "42703")  # SQLSTATE: no such table, no such column


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status (0 fine, 1 failed, 2 unusable input)."""
    parser = argparse.ArgumentParser(prog="huijiang", description="惠匠：让每个技能人才得到该得的")
    commands = parser.add_subparsers(dest="command", required=True)
    add_picture(commands)
    add_synth(commands)
    simulator.add(commands)
    for each in (
        demo,
        serve,
        upgrade,
        load,
        appoint,
        doctor,
        secrets,
        backup,
        rotate_keys,
        audit,
        files,
        documents,
        messages,
        claims_states,
        exchange,
    ):
        each.add(commands)
    arguments = parser.parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except (ConfigurationError, ImproperlyConfigured, PostgresError, SupervisorError) as error:
        parser.exit(1, f"huijiang {arguments.command}: {error}\n")
    except (OperationalError, ProgrammingError) as error:
        state = getattr(error.__cause__, "sqlstate", None) or ""
        expected = state in MISSING if isinstance(error, ProgrammingError) else state[:2] in CONNECTING
        if not expected:
            raise
        mend = (
            "核对 check DATABASE_URL" if isinstance(error, OperationalError) else "先运行 run first: huijiang upgrade"
        )
        parser.exit(1, f"huijiang {arguments.command}: {str(error).strip()}；{mend}\n")
    return status
