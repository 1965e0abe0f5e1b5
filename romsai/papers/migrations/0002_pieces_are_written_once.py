from django.db import migrations

TABLES = [f"papers_{level}piece" for level in ("identity", "location", "medical", "narrative", "legal")]


class Migration(migrations.Migration):
    """A piece of a file has no history, so it is never changed; the system may empty it when its time of keeping is over."""

    dependencies = [("papers", "0001_papers_and_printouts")]

    operations = [
        migrations.RunSQL(
            """create function papers_written_once() returns trigger language plpgsql as $$
            begin
              if sec.is_system() and new.bulk = ''::bytea then return new; end if;
              raise exception 'rows of % are written once', tg_table_name;
            end $$;"""
            + "".join(
                f"create trigger written_once before update on {table} for each row execute function papers_written_once();"
                for table in TABLES
            ),
            "".join(f"drop trigger written_once on {table};" for table in TABLES) + "drop function papers_written_once();",
        ),
    ]
