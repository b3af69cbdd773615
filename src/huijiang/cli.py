"""The `huijiang` command.

huijiang synth --people N --seed S --region R --out FOLDER [--workbooks]   a synthetic county
huijiang picture [--people N] [--seed S] [--folder FOLDER]                 who is owed what in it
huijiang demo                                                              a sample roster, then the county
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from huijiang.picture.command import add_demo, add_picture
from huijiang.synth.command import add_synth


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status (0 fine, 2 unusable input)."""
    parser = argparse.ArgumentParser(prog="huijiang", description="惠匠：让每个技能人才得到该得的")
    commands = parser.add_subparsers(dest="command", required=True)
    add_demo(commands)
    add_picture(commands)
    add_synth(commands)
    arguments = parser.parse_args(argv)
    status: int = arguments.run(arguments)
    return status
