"""Opening the policies that a command works with, or saying why not."""

from __future__ import annotations

import argparse
import sys

from tiaowen.check.library import Library
from tiaowen.problems import PolicyError


def open_policies(arguments: argparse.Namespace) -> Library | None:
    """The checked library, or None after printing what is wrong with it."""
    from tiaowen.files import default_folder, open_library

    try:
        folder = arguments.policies or default_folder()
    except FileNotFoundError as error:
        print(f"找不到政策文件夹 no folder of policies: {error}. --policies FOLDER", file=sys.stderr)
        return None
    try:
        return open_library(folder, thorough=False).require()  # `check` looks closer
    except PolicyError as error:
        for each in error.problems:
            print(each.show(arguments.lang), file=sys.stderr)
        return None
