"""One row a person to be found by instead of one a token. What is known so far is taken over; `manage.py rebuild_tokens` does the rest."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models

import romsai.core.crypto

TAKE_OVER = """
insert into people_entry (person_id, own, slips, other, sex, born_from, born_until, version)
select p.id, t.own, '{}', case when p.birth_year is null then '{}' else array(select generate_series(p.birth_year - p.birth_margin - 2, p.birth_year + p.birth_margin + 2)::bigint) end,
  p.sex, p.birth_year - p.birth_margin, p.birth_year + p.birth_margin, 0
from (select person_id, array_agg(distinct ('x' || encode(token, 'hex'))::bit(64)::bigint) as own from people_token where length(token) = 8 group by 1) t
join people_person p on p.id = t.person_id;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial"), ("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("own", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ("slips", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ("other", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ("sex", models.CharField(default="U", max_length=1)),
                ("born_from", models.SmallIntegerField(null=True)),
                ("born_until", models.SmallIntegerField(null=True)),
                ("version", models.SmallIntegerField(default=0)),
                ("person", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="entry", to="people.person")),
            ],
            options={"verbose_name_plural": "entries", "base_manager_name": "objects"},
        ),
        migrations.CreateModel(
            name="Card",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("facts", romsai.core.crypto.SealedJSONField(default=dict)),
                ("key", romsai.core.crypto.KeyField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.datakey")),
                ("person", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="card", to="people.person")),
            ],
            options={"abstract": False, "base_manager_name": "objects"},
        ),
        migrations.CreateModel(
            name="Frequency",
            fields=[("token", models.BigIntegerField(primary_key=True, serialize=False)), ("persons", models.IntegerField())],
        ),
        migrations.RunSQL(TAKE_OVER, migrations.RunSQL.noop),
        migrations.DeleteModel(name="Token"),
        migrations.AddIndex(
            model_name="entry",
            index=django.contrib.postgres.indexes.GinIndex(fields=["own", "slips", "other"], name="entry_search"),
        ),
    ]
