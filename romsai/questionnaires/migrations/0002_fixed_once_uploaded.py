"""A version's content never changes, and its state only goes forward: for every asker, the owner of the table included."""

from django.db import migrations

FIX = """
create function questionnaires_version_fixed() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    if old.state <> 'draft' then raise exception 'a published version of a form is never deleted'; end if;
    return old;
  end if;
  if (new.id, new.form_id, new.number, new.sha256, new.xlsx, new.languages, new.uploaded_by_id, new.uploaded_at)
     is distinct from (old.id, old.form_id, old.number, old.sha256, old.xlsx, old.languages, old.uploaded_by_id, old.uploaded_at)
     or new.compiled is distinct from old.compiled then
    raise exception 'the content of a version of a form is never changed: upload a new version';
  end if;
  if old.state <> 'draft' and (new.published_by_id, new.published_at) is distinct from (old.published_by_id, old.published_at) then
    raise exception 'who published a version of a form, and when, is never changed';
  end if;
  if new.state <> old.state and not (old.state = 'draft' or (old.state = 'published' and new.state = 'retired')) then
    raise exception 'a version of a form never goes back from % to %', old.state, new.state;
  end if;
  return new;
end $$;
create trigger version_fixed before update or delete on questionnaires_formversion
  for each row execute function questionnaires_version_fixed();
"""
UNDO = "drop trigger version_fixed on questionnaires_formversion; drop function questionnaires_version_fixed()"


class Migration(migrations.Migration):
    dependencies = [("questionnaires", "0001_initial")]
    operations = [migrations.RunSQL(FIX, UNDO)]
