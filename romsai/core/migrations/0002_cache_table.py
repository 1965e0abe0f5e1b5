"""The table of the shared cache (rate limits): Django makes it by a command of its own, which a fresh site would forget."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """create table core_cache (cache_key varchar(255) primary key, value text not null, expires timestamptz not null);
            create index core_cache_expires on core_cache (expires);""",
            "drop table core_cache",
        )
    ]
