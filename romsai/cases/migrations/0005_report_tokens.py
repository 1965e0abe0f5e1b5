"""What a second report on the same child or household is found by."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_assessment_revisions")]

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
    ]
