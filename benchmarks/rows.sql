-- What follows from the cases without any secret in it: made by the server itself, which is far quicker than sending it.
insert into cases_participant (uuid, created_at, case_id, person_id, role, relation, is_suspected)
select gen_random_uuid(), registered_at, id, child_id, 'CHILD', '', false from cases_case;

insert into cases_participant (uuid, created_at, case_id, person_id, role, relation, is_suspected)
select gen_random_uuid(), c.registered_at, c.id, s.children + c.id / 25 * 3 + c.id % 25 + 1, 'CARER', 'MOTHER', false
from cases_case c, bench.size s where c.closed_at is null;

insert into cases_episode (uuid, created_at, case_id, opened_at, closed_at, reason)
select gen_random_uuid(), registered_at, id, registered_at, closed_at, case when closed_at is null then '' else 'GOALS_MET' end from cases_case;

insert into cases_assignment (uuid, created_at, case_id, worker_id, is_lead, since_at, until_at)
select gen_random_uuid(), c.registered_at, c.id, l.worker, true, c.registered_at, c.closed_at from cases_case c join bench.lead l on l.id = c.id;

insert into cases_concern (uuid, created_at, case_id, code, state, setting, noted_at, decided_at)
select gen_random_uuid(), c.registered_at, c.id, (array['LAB-UAG','LAB-HAZ','TRF-LAB','TRF-SEX','VIO-PHY','VIO-DOM','NEG-CAR','SEP-UNA','SEX-ABU','HAR-CEM'])[1 + (c.id * 7 + k * 3) % 10],
  case when c.closed_at is null then 'SUBSTANTIATED' else 'RESOLVED' end, '', c.registered_at, c.registered_at
from cases_case c, generate_series(0, 1) k where k = 0 or c.id % 3 = 0;

insert into cases_deadline (uuid, created_at, case_id, kind, due_at, done_at)
select gen_random_uuid(), c.registered_at, c.id, k.kind, s.now + (((c.id * 31 + k.n * 17) % 60 - 6) || ' days')::interval, null
from cases_case c, bench.size s, (values (0, 'FOLLOW_UP'), (1, 'REVIEW')) k(n, kind) where c.closed_at is null;
insert into cases_deadline (uuid, created_at, case_id, kind, due_at, done_at)
select gen_random_uuid(), registered_at, id, 'FIRST_CONTACT', registered_at + interval '3 days', registered_at + interval '1 day' from cases_case where closed_at is null;

insert into cases_event (uuid, created_at, case_id, at, kind, from_state, to_state, facts)
select gen_random_uuid(), registered_at, id, registered_at, 'REGISTERED', '', 'REGISTERED', '{}' from cases_case;
insert into cases_event (uuid, created_at, case_id, at, kind, from_state, to_state, facts)
select gen_random_uuid(), closed_at, id, closed_at, 'MOVED', 'REVIEW', 'CLOSED', '{}' from cases_case where closed_at is not null;
insert into cases_event (uuid, created_at, case_id, at, kind, from_state, to_state, facts)
select gen_random_uuid(), registered_at, id, registered_at + k * interval '1 day', 'MOVED', 'REGISTERED', 'INITIAL_ASSESSMENT', '{}'
from cases_case, generate_series(1, 4) k where closed_at is null;

insert into cases_consent (uuid, created_at, case_id, key_id, kind, giver, decision, override_reason, levels, language, how, asked_at, withdrawn_by_giver)
select gen_random_uuid(), registered_at, id, key_id, 'SERVICE', 'CHILD', 'CONSENT', '', '{}', '', 'spoken', registered_at, '' from cases_case where closed_at is null;

-- One open case in thirty waits for its supervisor; one in fifty is shared with the clinic; a few may never be seen by somebody.
insert into cases_approval (uuid, created_at, case_id, key_id, kind, status, wanted, needs_manager, asked_at, asked_by_id, due_at)
select gen_random_uuid(), s.now, c.id, c.key_id, 'PLAN', 'REQUESTED', '', false, s.now - interval '1 day', l.worker, s.now + interval '2 days'
from cases_case c join bench.lead l on l.id = c.id, bench.size s where c.closed_at is null and (c.id / 25) % 30 = 0;

insert into places_agency (id, uuid, name, kind, is_active) select agencies + 1, gen_random_uuid(), 'Clinic', 'HEALTH', true from bench.size;
update places_worker set agency_id = (select agencies + 1 from bench.size) where role = 'PROVIDER';
insert into care_share (uuid, created_at, case_id, agency_id, levels, purpose, consent_id, from_at, until_at, is_minimum)
select gen_random_uuid(), s.now, c.id, s.agencies + 1, '{core,identity}', 'SERVICE', n.id, s.now - interval '1 day', s.now + interval '300 days', false
from cases_case c join cases_consent n on n.case_id = c.id, bench.size s where (c.id / 25) % 50 = 0;

insert into cases_exclusion (uuid, created_at, case_id, worker_id, reason)
select gen_random_uuid(), s.now, c.id, 1 + c.id % (s.teams * 11), 'RELATED' from cases_case c, bench.size s where (c.id / 25) % 70 = 0 and c.closed_at is null;

-- Each open case came from a report; five more wait at each intake desk. Their words are left out: no measured page opens them.
insert into cases_report (id, uuid, created_at, key_id, channel, reporter_type, state, disposition, danger, danger_signs, area_id, team_id, language, children, heard_at, received_at, decide_by,
  decided_at, is_about_staff, sample_check, slow_reasons)
select c.id, gen_random_uuid(), c.heard_at, c.key_id, 'HELPLINE', '', 'REGISTERED', 'NEW_CASE', 'no', '{}', c.area_id, t.id, '', 1, c.heard_at, c.heard_at, c.heard_at + interval '1 day',
  c.registered_at, false, false, '{}'
from cases_case c join places_team t on t.id = c.agency_id where c.closed_at is null;
insert into cases_reportcase (uuid, created_at, report_id, case_id) select gen_random_uuid(), received_at, id, id from cases_report;
insert into cases_report (uuid, created_at, key_id, channel, reporter_type, state, disposition, danger, danger_signs, area_id, team_id, language, children, heard_at, received_at, decide_by,
  is_about_staff, sample_check, slow_reasons, id)
select gen_random_uuid(), s.now, c.key_id, 'WALK_IN', '', 'RECEIVED', '', 'unknown', '{}', c.area_id, t.id, '', 1, s.now - interval '1 hour', s.now, s.now + interval '1 day', false, false, '{}',
  s.cases + t.id * 5 + k
from places_team t join cases_case c on c.id = t.id, bench.size s, generate_series(1, 5) k where t.is_intake;
