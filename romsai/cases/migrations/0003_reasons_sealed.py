"""Reasons for a risk are words, so they are sealed."""

from django.db import migrations

import romsai.core.crypto


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_case_numbers")]
    operations = [
        migrations.RemoveField("case", "risk_reasons"),
        migrations.AddField("case", "risk_reasons", romsai.core.crypto.SealedJSONField(blank=True, default=None, null=True)),
        migrations.AlterField("case", "risk_reasons", romsai.core.crypto.SealedJSONField(blank=True, default=list, verbose_name="reasons for the risk")),
    ]
