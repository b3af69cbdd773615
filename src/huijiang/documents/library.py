"""The policy library that runs: read once for each release, placed once for each region.

Before the first release is in force the files that came with the software run; pages say so.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from threading import Lock

from django.conf import settings

from huijiang.documents.models import Release
from huijiang.documents.releases import files_of, in_force, number_in_force, read_folder
from tiaowen.check.library import Library, load_library
from tiaowen.files import open_library
from tiaowen.plan.rules import DocumentPlan, Rule

LOG = logging.getLogger(__name__)
READING = Lock()  # two requests don't read the same release at once


def current() -> Library:
    """The library in force today.  Raises PolicyError when the policy files don't pass their checks."""
    release = number_in_force()
    with READING:
        return _of_folder() if release is None else _of_release(release)


def checks() -> Library:
    """The risk documents in force.  A release that was made before there were any keeps those of the software: nobody is
    checked less because of an upgrade.  Raises PolicyError."""
    found = current().checks
    if found.sources:
        return found.require()
    with READING:
        return _of_folder().checks.require()


def files() -> dict[str, str]:
    """The files that run today: of the release in force, else those that came with the software."""
    release = in_force()
    return read_folder(settings.POLICIES) if release is None else files_of(release)


def of(release: Release) -> Library:
    """The library of any release."""
    with READING:
        return _of_release(release.pk)


def placed(region: str) -> Library:
    """The library in force with the local rules of a place."""
    return current().placed(region)


def benefits(region: str) -> dict[str, tuple[Rule, DocumentPlan]]:
    """The benefits of the documents in force in a place, by their keys."""
    return {rule.key: (rule, plan) for plan in placed(region).in_place(region) for rule in plan.rules.values()
            if rule.kind == "benefit"}  # fmt: skip


@lru_cache(maxsize=1)
def _of_folder() -> Library:
    LOG.warning("还没有启用的规则版本，按随软件的政策文件运行 no release in force: the bundled policy files run")
    return open_library(settings.POLICIES, thorough=False).require()


@lru_cache(maxsize=3)
def _of_release(pk: int) -> Library:
    """Checked when the release was made, so only read here."""
    return load_library(files_of(Release.objects.get(pk=pk)), thorough=False).require()
