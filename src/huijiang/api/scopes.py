"""What a token may do: one table, in the order in which pages show it."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy


class Scope(models.TextChoices):
    """`claims:*` are kept for the room of claims and given to nobody yet."""

    DOCUMENTS_READ = "documents:read", gettext_lazy("读取规则版本的全部文件")
    ENTITLEMENTS_READ = "entitlements:read", gettext_lazy("查询个人、单位和提交案例可享受的政策")
    REGISTRY_READ = "registry:read", gettext_lazy("读取登记数据（限所列的列）")
    REGISTRY_WRITE = "registry:write", gettext_lazy("写入登记数据（限所列的列）")
    WEBHOOKS_WRITE = "webhooks:write", gettext_lazy("管理本系统的事件订阅")
    CLAIMS_READ = "claims:read", gettext_lazy("读取申领（预留）")
    CLAIMS_WRITE = "claims:write", gettext_lazy("提交申领（预留）")


RESERVED: Final = frozenset({Scope.CLAIMS_READ, Scope.CLAIMS_WRITE})
GIVEN: Final = tuple(each for each in Scope if each not in RESERVED)
OF_FIRMS: Final = frozenset({Scope.DOCUMENTS_READ, Scope.ENTITLEMENTS_READ, Scope.REGISTRY_READ, Scope.WEBHOOKS_WRITE})
"""What a firm's system may have: the registers are written by authorities."""
OF_PEOPLE: Final = frozenset({Scope.ENTITLEMENTS_READ, Scope.REGISTRY_READ})
"""What a person may let an app do for them: look, never write."""
