"""The index of the policy library: documents, clauses and benefits by pairs of characters and by their sounds.

It holds nothing of its own: it is made from a library when that is first searched, and goes with it.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class SearchEntry(models.Model):
    """One thing that can be found.  `library`: the address of the files that it was made from."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", "文件"
        CLAUSE = "clause", "条款"
        BENEFIT = "benefit", "补贴"

    library = models.CharField("库", max_length=64)
    kind = models.CharField("种类", max_length=10, choices=Kind)
    document = models.CharField("文件编号", max_length=120)
    key = models.CharField("条款或补贴", max_length=200, blank=True)
    text = models.TextField("查找的文字")
    grams = ArrayField(models.CharField(max_length=2), verbose_name="字对")
    topics = ArrayField(models.CharField(max_length=64), verbose_name="事项")
    issuers = ArrayField(models.CharField(max_length=200), verbose_name="发文机关")
    region = models.CharField("地区", max_length=32)
    status = models.CharField("效力", max_length=12)
    effective = models.DateField("施行", null=True)
    expires = models.DateField("截止", null=True)

    class Meta:
        verbose_name = "检索项"
        constraints = (
            models.UniqueConstraint(name="search_entry_once", fields=("library", "kind", "document", "key")),
        )
        indexes = (GinIndex(name="search_entry_grams", fields=("grams",)),)

    def __str__(self) -> str:
        return f"{self.kind} {self.document} {self.key}"


class SearchSound(models.Model):
    """How a title sounds from one of its characters on: `jinengrencai`, and by first letters `jnrc`."""

    entry = models.ForeignKey(SearchEntry, models.CASCADE, related_name="sounds")
    sound = models.CharField(max_length=60)

    class Meta:
        verbose_name = "读音"
        indexes = (models.Index(name="search_sound_prefix", fields=("sound",), opclasses=("text_pattern_ops",)),)

    def __str__(self) -> str:
        return self.sound
