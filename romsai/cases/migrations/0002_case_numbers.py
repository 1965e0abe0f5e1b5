"""One sequence gives case numbers, over all agencies, so that a number tells nothing of how many cases an office has."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL("create sequence cases_number", "drop sequence cases_number")]
