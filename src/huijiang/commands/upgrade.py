"""`huijiang upgrade`: brings database, places, static files and languages to this version."""

from __future__ import annotations

import argparse

from huijiang.commands.django_setup import set_up


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("upgrade", help="升级数据库与静态文件 bring the database and files to this version")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from huijiang.commands.serve import with_database

    with with_database():
        apply()
    return 0


def apply() -> None:
    """Migrations, the tree of places, static files and catalogues; repeating it changes nothing."""
    set_up()
    from django.core.management import call_command

    from huijiang.files.paper import faces
    from huijiang.regions import tree
    from huijiang.registry.vocabulary import vocabulary
    from huijiang.web import messages

    call_command("migrate", verbosity=0, interactive=False)
    tree.sync(vocabulary().regions)
    messages.compile_catalogues()
    faces.prepare()
    call_command("collectstatic", verbosity=0, interactive=False)
