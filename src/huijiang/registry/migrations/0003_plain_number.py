"""A certificate's number is found however it is written."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = (("registry", "0002_linked"),)

    operations = (
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                Upper(
                    models.Func(
                        models.F("number"), models.Value("[^0-9A-Za-z]"), models.Value(""), models.Value("g"),
                        function="regexp_replace", output_field=models.CharField(),
                    ),
                    output_field=models.CharField(),
                ),
                name="certificate_plain_number",
            ),
        ),
    )  # fmt: skip
