"""What a second report on the same child or household is found by; the calls back to a reporter."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import romsai.core.crypto


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_unsealed_cases"), ("core", "0004_key_of_an_import"), ("places", "0002_area_lineage")]

    operations = [
        migrations.CreateModel(
            name="ReportToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=6)),
                ("token", models.BinaryField()),
                (
                    "report",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to="cases.report"),
                ),
            ],
            options={"base_manager_name": "objects"},
        ),
        migrations.AddIndex(
            model_name="reporttoken",
            index=models.Index(fields=["kind", "token"], name="report_token_search"),
        ),
        migrations.CreateModel(
            name="ReportCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("REACHED", "Spoke with the reporter"),
                            ("NOBODY", "Nobody answered"),
                            ("OTHER", "Somebody else answered; nothing was said"),
                            ("WRONG", "The number is wrong or off"),
                        ],
                        max_length=10,
                        verbose_name="result",
                    ),
                ),
                ("said", romsai.core.crypto.SealedTextField(blank=True, null=True, verbose_name="what was said")),
                (
                    "by",
                    models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.worker"),
                ),
                (
                    "key",
                    romsai.core.crypto.KeyField(
                        editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.datakey"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="cases.report"),
                ),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
    ]
