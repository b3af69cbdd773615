"""`huijiang rotate-keys begin | fill | finish`: a new key for every sealed value, while the platform runs."""

from __future__ import annotations

import argparse
import sys

from huijiang.commands.django_setup import set_up


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("rotate-keys", help="更换加密密钥 move every sealed value to a new key")
    parser.add_argument("step", choices=("begin", "fill", "finish"))
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from huijiang.commands.serve import with_database

    set_up()
    from huijiang.sealed import SealedError, keys, rotation

    try:
        with with_database():
            if arguments.step == "begin":
                print(f"第 {rotation.begin(keys.path())} 号密钥 key；接着 then: huijiang rotate-keys fill")
            elif arguments.step == "fill":
                print(f"{rotation.fill()} 个值 values；接着 then: huijiang rotate-keys finish")
            else:
                rotation.finish(keys.path())
                print("完成 finished；旧密钥已删 the old key is gone")
    except SealedError as error:
        print(f"huijiang rotate-keys: {error}", file=sys.stderr)
        return 1
    return 0
