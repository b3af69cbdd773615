"""A finding names the block, the clause and the number of its rule, as they were."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("claims", "0005_merged_records"),)

    operations = (
        migrations.AlterField(
            model_name="check", name="verifier",
            field=models.CharField("核验项", help_text="核验项，或 文件编号#块", max_length=128),
        ),
        migrations.AddField(
            model_name="check", name="name",
            field=models.CharField("规则名称", blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="check", name="rule",
            field=models.CharField("规则编号", blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="check", name="clause",
            field=models.CharField("文号和条款", blank=True, default="", help_text="空：不是文件里的规则", max_length=200),
        ),
    )  # fmt: skip
