"""What the operator says about the site itself: shown in header and footer, left out where empty."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """Who runs the site, and the numbers under which it is registered."""

    place: str = ""  # 萧山区技能人才服务平台: the line under the brand
    organiser: str = ""  # 主办单位
    site_code: str = ""  # 网站标识码
    icp: str = ""  # ICP 备案号
    security_filing: str = ""  # 公安备案号


VARIABLES = {
    "place": "HUIJIANG_PLACE",
    "organiser": "HUIJIANG_ORGANISER",
    "site_code": "HUIJIANG_SITE_CODE",
    "icp": "HUIJIANG_ICP",
    "security_filing": "HUIJIANG_SECURITY_FILING",
}


def read(environment: Mapping[str, str] = os.environ) -> Site:
    """The site as the environment names it."""
    return Site(**{part: environment.get(name, "").strip() for part, name in VARIABLES.items()})
