from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("cases", "0003_exclusion_reasons")]

    operations = [
        migrations.AddField("assessment", "revision", models.PositiveIntegerField(default=0)),
        migrations.AddField("assessment", "touched", models.JSONField(blank=True, default=dict)),
    ]
