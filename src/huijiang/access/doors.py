"""The doors of those who act for a person or an organisation (see `accounts.doors`)."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huijiang.access.viewers import agent_of, worker_of
from huijiang.accounts.doors import door
from huijiang.accounts.viewers import Viewer


def _owner(request: HttpRequest) -> Viewer | None:
    viewer = agent_of(request)
    return viewer if viewer is not None and viewer.owner else None


worker = door("worker", worker_of, lambda: _("您的账户还没有与本人信息绑定。请带身份证到就近的服务窗口办理。"))
agent = door("agent", agent_of, lambda: _("您没有任何单位的经办授权。请联系单位负责人，或到服务窗口办理首次授权。"))
owner = door("owner", _owner, lambda: _("只有单位负责人可以管理经办授权。"))
