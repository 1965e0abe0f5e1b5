"""How the sketches are looked through: two functions in PostgreSQL, because a row policy would keep them from using the index.

They answer the system only, with numbers of cases and no fact of them.
"""

from romsai.core.access import relations

relations.by_definer("""
create or replace function sec.sketches_with(asked bigint[]) returns table(token bigint, cases bigint) language sql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off as $$
  select a.token, (select count(*) from tracing_sketch s where s.tokens @> array[a.token]) from unnest(asked) as a(token) where sec.is_system()
$$;
-- Of each thing that was asked the best token counts; age and sex stand in the open with the person.
create or replace function sec.sketches_like(things int[], asked bigint[], worth real[], ages real[], born_from int, born_until int, own_sex text, same real,
  other real, own bigint, ended text[], most int) returns table(found bigint, bits real) language sql stable security definer
  set search_path = public, pg_temp set enable_seqscan = off as $$
  with best as (
    select s.case_id, a.thing, max(a.bits) as bits from unnest(things, asked, worth) as a(thing, token, bits) join tracing_sketch s on s.tokens @> array[a.token]
    where sec.is_system() group by 1, 2
  ), shared as (select b.case_id, sum(b.bits) as bits from best b group by 1)
  select s.case_id, (s.bits
    + coalesce(ages[1 + least(11, greatest(0, born_from - p.birth_year - p.birth_margin, p.birth_year - p.birth_margin - born_until))], 0)
    + case when p.sex not in ('F', 'M') or own_sex not in ('F', 'M') then 0 when p.sex = own_sex then same else other end)::real as worth
  from shared s join cases_case k on k.id = s.case_id join people_person p on p.id = k.child_id
  where not k.sealed and k.state <> all(ended) and k.tracing <> 'NOT_SAFE' and k.id <> own
  order by 2 desc, 1 limit most
$$;
""")  # fmt: skip
