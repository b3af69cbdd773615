"""Places: provinces, cities, counties, functional zones and streets, each with its dates and successor."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Region(models.Model):
    """One place.  Codes are those of GB/T 2260; `local-…` are this project's own for zones and streets.

    `until` is the last day; after it facts of the place count as facts of the `successor`.
    """

    code = models.CharField("代码", max_length=32, primary_key=True)
    name = models.CharField("名称", max_length=64)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField("启用", null=True, blank=True)
    valid_until = models.DateField("停用", null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    path = models.CharField("路径", max_length=256, help_text="从省到本级的代码，以 / 相连并以 / 结尾")

    class Meta:
        verbose_name = "地区"
        ordering = ("path",)
        constraints = (
            models.CheckConstraint(
                name="region_dates_agree",
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_from__lte=F("valid_until")),
            ),
            models.CheckConstraint(name="region_not_its_own_parent", condition=~Q(parent=F("code"))),
            models.CheckConstraint(name="region_not_its_own_successor", condition=~Q(successor=F("code"))),
            models.UniqueConstraint(name="region_path", fields=("path",)),
        )
        indexes = (models.Index(name="region_path_prefix", fields=("path",), opclasses=("text_pattern_ops",)),)

    def __str__(self) -> str:
        return self.name

    def contains(self, other: Region) -> bool:
        """Whether `other` is this place or lies in it."""
        return other.path.startswith(self.path)
