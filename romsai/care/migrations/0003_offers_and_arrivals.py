"""What a team that is asked to take a case over reads before it accepts; what a note of a provider is about."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0002_departures")]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="concern_codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30), blank=True, default=list, size=None, verbose_name="concerns"
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="ages",
            field=models.CharField(blank=True, default="", max_length=30, verbose_name="age group"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="transfer",
            name="language",
            field=models.CharField(blank=True, default="", max_length=30, verbose_name="language spoken"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="servicenote",
            name="kind",
            field=models.CharField(
                choices=[("SERVICE", "Service given"), ("ARRIVED", "The child arrived and has a bed"), ("LEFT", "The child left")],
                default="SERVICE",
                max_length=10,
                verbose_name="what happened",
            ),
        ),
    ]
