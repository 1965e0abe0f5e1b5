-- Who works where: agencies in provinces of a real list of areas, teams, users. Parameters come from the table bench.size.
insert into places_agency (id, uuid, name, kind, area_id, is_active)
select n, gen_random_uuid(), 'Welfare office ' || n, 'SW_LOCAL', p.id, true
from bench.size s, generate_series(1, s.agencies) n
join (select id, row_number() over (order by pcode) as place from places_area where country = 'THA' and level = 1) p on p.place = n;

insert into places_team (id, uuid, agency_id, name, is_intake)
select n, gen_random_uuid(), (n - 1) % s.agencies + 1, 'Team ' || n, n <= s.agencies from bench.size s, generate_series(1, s.teams) n;

insert into places_teamarea (team_id, area_id) select t.id, a.area_id from places_team t join places_agency a on a.id = t.agency_id;

-- Of each team the first is the supervisor.
insert into places_worker (id, uuid, name, role, agency_id, team_id, language, phone, is_active)
select (t.id - 1) * 11 + k, gen_random_uuid(), 'Worker ' || (t.id - 1) * 11 + k, case k when 1 then 'SUPERVISOR' else 'WORKER' end,
  t.agency_id, t.id, 'en', '', true
from places_team t, generate_series(1, 11) k;

-- A manager and a coordinator for each province, one coordinator for the country; everybody else works at a provider.
insert into places_worker (id, uuid, name, role, agency_id, language, phone, is_active)
select s.teams * 11 + n, gen_random_uuid(), 'Officer ' || n,
  case when n <= s.agencies then 'MANAGER' when n <= 2 * s.agencies + 1 then 'COORDINATOR' else 'PROVIDER' end,
  case when n <= 2 * s.agencies then (n - 1) % s.agencies + 1 else 1 end, 'en', '', true
from bench.size s, generate_series(1, greatest(s.users - s.teams * 11, 2 * s.agencies + 1)) n;

insert into places_workerarea (worker_id, area_id)
select w.id, case when w.id = s.teams * 11 + 2 * s.agencies + 1 then (select id from places_area where country = 'THA' and level = 0) else a.area_id end
from bench.size s, places_worker w join places_agency a on a.id = w.agency_id where w.role in ('MANAGER', 'COORDINATOR');
