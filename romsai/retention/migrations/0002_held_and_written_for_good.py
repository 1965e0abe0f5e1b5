"""A held case cannot be erased, nor its key destroyed, and a line of the ledger never changes: kept by the database itself."""

from django.db import migrations

KEEP = """
create function retention_stays_held() returns trigger language plpgsql as $$
begin
    raise exception 'case % is under a legal hold', old.case_id;
end $$;
create trigger held before delete on retention_hold for each row when (old.lifted_at is null) execute function retention_stays_held();
create function retention_key_stays() returns trigger language plpgsql as $$
begin
    if exists (select 1 from retention_hold where key_id = old.id and lifted_at is null) then
        raise exception 'key % is of a case under a legal hold', old.id;
    end if;
    return new;
end $$;
create trigger held before update of wrapped on core_datakey for each row when (new.wrapped = ''::bytea) execute function retention_key_stays();
create function retention_entry_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a line of the ledger is never changed';
end $$;
create trigger written_for_good before update or delete on retention_entry for each row execute function retention_entry_stays();
"""
UNDO = """
drop trigger written_for_good on retention_entry; drop trigger held on core_datakey; drop trigger held on retention_hold;
drop function retention_entry_stays(); drop function retention_key_stays(); drop function retention_stays_held();
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_holds_rounds_and_ledger"), ("core", "0005_key_of_a_worker")]
    operations = [migrations.RunSQL(KEEP, UNDO)]
