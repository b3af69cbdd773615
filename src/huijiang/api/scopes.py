"""What a token may do: one table, in the order in which pages show it."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy


class Scope(models.TextChoices):
    DOCUMENTS_READ = "documents:read", gettext_lazy("读取规则版本的全部文件")
    ENTITLEMENTS_READ = "entitlements:read", gettext_lazy("查询个人、单位和提交案例可享受的政策")
    REGISTRY_READ = "registry:read", gettext_lazy("读取登记数据（限所列的列）")
    REGISTRY_WRITE = "registry:write", gettext_lazy("写入登记数据（限所列的列）")
    WEBHOOKS_WRITE = "webhooks:write", gettext_lazy("管理本系统的事件订阅")
    CLAIMS_READ = "claims:read", gettext_lazy("读取申报的进度和到账")
    CLAIMS_WRITE = "claims:write", gettext_lazy("提交和撤回本单位的申报")


GIVEN: Final = tuple(Scope)
OF_FIRMS: Final = frozenset(Scope) - {Scope.REGISTRY_WRITE}
"""What a firm's system may have: the registers are written by authorities."""
OF_BUREAUS: Final = frozenset(Scope) - {Scope.CLAIMS_WRITE}
"""What a bureau's system may have: nobody files for others without standing at a counter."""
EVENTS: Final = {
    "entitlements.changed": Scope.ENTITLEMENTS_READ, "release.in_force": None,
    "claim.submitted": Scope.CLAIMS_READ, "claim.decided": Scope.CLAIMS_READ, "claim.paid": Scope.CLAIMS_READ,
    "claim.returned": Scope.CLAIMS_READ,
}  # fmt: skip
"""What a subscription may be told of → what its client must be allowed to read for it."""
OF_PEOPLE: Final = frozenset({Scope.ENTITLEMENTS_READ, Scope.REGISTRY_READ})
"""What a person may let an app do for them: look, never write."""
