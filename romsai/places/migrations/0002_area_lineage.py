"""Keep AreaWithin true to Area.parent in the database, so that no import can leave an area outside its province."""

from django.db import migrations

KEEP = """
create function places_area_lineage() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        -- the moved area and all below it leave the ancestors they had above the moved area
        delete from places_areawithin w
         using places_areawithin below, places_areawithin above
         where below.ancestor_id = new.id and w.descendant_id = below.descendant_id
           and above.descendant_id = new.id and above.ancestor_id <> new.id and w.ancestor_id = above.ancestor_id;
    else
        insert into places_areawithin (ancestor_id, descendant_id) values (new.id, new.id);
    end if;
    insert into places_areawithin (ancestor_id, descendant_id)
    select above.ancestor_id, below.descendant_id
      from places_areawithin above, places_areawithin below
     where above.descendant_id = new.parent_id and below.ancestor_id = new.id;
    return null;
end $$;

create trigger area_lineage_begins after insert on places_area
    for each row execute function places_area_lineage();
create trigger area_lineage_moves after update of parent_id on places_area
    for each row when (old.parent_id is distinct from new.parent_id) execute function places_area_lineage();
"""

UNDO = "drop trigger area_lineage_moves on places_area; drop trigger area_lineage_begins on places_area; drop function places_area_lineage()"


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]
    operations = [migrations.RunSQL(KEEP, UNDO)]
