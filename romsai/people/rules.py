"""How the index of names is looked through: one function in PostgreSQL, because a row policy would keep it from using its index.

It gives numbers of people and no fact of them: to the system those of all, to a worker those whose identity they may read.
"""

from romsai.core.access import relations

# The question comes as JSON of whole numbers and column names; whatever else stands in it makes it fail. "steps": each adds clauses ("any"), and is
# left out if somebody was found who has as many points as stand at "unless". One clause must hold; a clause is terms that must all hold; a term is
# [column, tokens]. "rows": how many of those who answer are ranked at most. "points": for each thing asked, [column, tokens, points] of which the
# first that holds counts. Each statement is planned anew, for the numbers in it decide how it is best answered; other processes to help would cost
# more than they give.
relations.by_definer("""
create or replace function sec.people_like(asked jsonb, most int) returns table(person bigint, points real) language plpgsql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off set max_parallel_workers_per_gather = 0 as $$
declare
  step jsonb; clause jsonb; term jsonb; thing jsonb; found text := ''; said text; worth text := '0::real'; mine text := ''; years text;
  ids bigint[]; worths real[];
  y_from int := (asked->>'from')::int; y_until int := (asked->>'until')::int;
begin
  for thing in select * from jsonb_array_elements(asked->'points') loop
    worth := worth || ' + case';
    for term in select * from jsonb_array_elements(thing) loop
      worth := worth || ' when ' || sec.token_term(term) || format(' then %L::real', (term->>2)::real);
    end loop;
    worth := worth || ' else 0::real end';
  end loop;
  if y_from is not null and jsonb_array_length(asked->'years') > 0 then
    -- What it is worth to be so many years off; the last of the values holds for all beyond.
    select string_agg(v::real::text, ',') into years from jsonb_array_elements_text(asked->'years') v;
    worth := worth || format(' + case when born_from is null then 0::real else (''{%s}''::real[])[1 + least(%s, greatest(0, born_from - %s, %s - born_until))] end',
      years, jsonb_array_length(asked->'years') - 1, y_until, y_from);
  end if;
  if asked->>'sex' in ('F', 'M') then
    worth := worth || format(' - case when sex in (''F'', ''M'') and sex <> %L then 5::real else 0::real end', asked->>'sex');
  end if;
  if not sec.is_system() then
    mine := ' and person_id = any((select sec.read_person_identity())::bigint[]) and person_id <> all((select sec.excluded_person())::bigint[])';
  end if;
  for step in select * from jsonb_array_elements(asked->'steps') loop
    continue when worths[1] >= (step->>'unless')::real;
    found := '';
    for clause in select * from jsonb_array_elements(step->'any') loop
      said := '';
      for term in select * from jsonb_array_elements(clause) loop
        said := said || case when said = '' then '' else ' and ' end || sec.token_term(term);
      end loop;
      found := found || case when found = '' then '' else ' or ' end || '(' || said || ')';
    end loop;
    execute format('select array_agg(person_id), array_agg(points) from (select * from unnest($1, $2) f(person_id, points) union '
      '(select person_id, %s from (select * from people_entry where (%s)%s limit %s) e order by 2 desc, 1 limit %s) order by 2 desc, 1 limit %s) f',
      worth, found, mine, (asked->>'rows')::int, most, most)
      into ids, worths using ids, worths;
  end loop;
  return query select * from unnest(ids, worths);
end $$;
create or replace function sec.token_term(term jsonb) returns text language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if term->>0 not in ('own', 'slips', 'other') then raise exception 'no such column'; end if;
  return (term->>0) || ' && ''{' || (select string_agg(t::bigint::text, ',') from jsonb_array_elements_text(term->1) t) || '}''::bigint[]';
end $$;
""")  # fmt: skip
