-- The same country in the shape of a system that keeps each case as one JSON document, with the fields it lists by copied into
-- columns and every column indexed. Written anew from the description of its queries; nothing of its code is in here.
-- It is let off lightly: 25 indexes where the real one has 106, a shorter document, and no sorting by likeness of names.
-- A sealed case is associated with its worker only.
create schema peer;
create table peer.cases (
  id uuid, number bigint, child bigint, data jsonb, tokens jsonb, created_at timestamp, status varchar, record_state boolean, risk_level varchar, workflow varchar,
  sex varchar, age int, owned_by varchar, user_names varchar[], groups varchar[], agencies varchar[], location varchar, module_id varchar,
  registration_date date, concerns varchar[], assessment_due timestamp[], follow_up_due timestamp[]
);
create table peer.record_histories (id bigserial primary key, record_id uuid, at timestamp, user_name varchar, record_type varchar, changes jsonb);
create table peer.audit_logs (id bigserial primary key, user_name varchar, action varchar, record_type varchar, record_id uuid, at timestamp, metadata jsonb);
create function peer.document(n bigint, name text, sex text, born int, state text, risk text, worker bigint, team bigint, agency bigint, area bigint,
    registered timestamptz, codes text[]) returns jsonb language sql stable as $$
select jsonb_build_object(
    'name', name, 'name_nickname', null, 'name_other', null, 'sex', case sex when 'F' then 'female' else 'male' end, 'age', 2026 - born, 'date_of_birth', born || '-01-01',
    'status', state, 'record_state', true, 'risk_level', lower(risk), 'owned_by', 'worker' || worker, 'owned_by_groups', jsonb_build_array('team' || team),
    'owned_by_agency_id', 'agency' || agency, 'location_current', 'area' || area, 'registration_date', registered::date, 'case_id', n, 'module_id', 'cp',
    'protection_concerns', to_jsonb(codes), 'nationality', jsonb_build_array('thailand'), 'language', jsonb_build_array('language1'), 'consent_for_services', true,
    'address_current', 'House ' || n % 400 || ', behind the market', 'telephone_current', null, 'national_id_no', 'X' || n, 'marital_status', 'single',
    'protection_concern_detail_subform_section', (select jsonb_agg(jsonb_build_object('unique_id', gen_random_uuid(), 'protection_concern_type', c, 'details',
        'Told by a neighbour at the first visit, confirmed by the school.')) from unnest(codes) c),
    'services_section', (select jsonb_agg(jsonb_build_object('unique_id', gen_random_uuid(), 'service_type', 'health', 'service_response_type', 'care_plan', 'service_implemented', 'not_implemented',
        'service_appointment_date', registered::date + k, 'note_on_referral_from_provider', 'To be seen within the month.')) from generate_series(1, 2) k),
    'followup_subform_section', (select jsonb_agg(jsonb_build_object('unique_id', gen_random_uuid(), 'followup_type', 'after_reunification', 'followup_date', registered::date + k * 30,
        'followup_comments', 'The child was calm and told of school.')) from generate_series(1, 2) k),
    'family_details_section', jsonb_build_array(jsonb_build_object('unique_id', gen_random_uuid(), 'relation', 'mother', 'relation_is_caregiver', true, 'relation_name', 'Mother'))) $$;
create function peer.add(n bigint, child bigint, p_name text, p_tokens text[], sex text, born int, state text, risk text, worker bigint, team bigint, agency bigint, area bigint,
    registered timestamptz, codes text[], teams text[], offices text[]) returns peer.cases language sql stable as $$
select md5('peer' || n)::uuid, n, child, peer.document(n, p_name, sex, born, state, risk, worker, team, agency, area, registered, codes), jsonb_build_object('tokens', to_jsonb(p_tokens)),
  registered::timestamp, state, true, lower(risk), 'new', sex, 2026 - born, 'worker' || worker, array['worker' || worker]::varchar[], teams::varchar[], offices::varchar[],
  'area' || area, 'cp', registered::date, codes::varchar[], array[registered::timestamp], array[registered::timestamp] $$;
-- Filled
insert into peer.cases
select a.* from cases_case c join bench.lead l on l.id = c.id join bench.named n on n.person = c.child_id join people_person p on p.id = c.child_id,
  lateral (select (select array_agg('n' || w) from unnest(n.name_words) w) || (select array_agg('s' || w) from unnest(n.sounds) w) as tokens) t,
  lateral peer.add(c.id, c.child_id, n.name, t.tokens, p.sex, p.birth_year, case when c.closed_at is null then 'open' else 'closed' end, c.risk, l.worker, c.team_id,
    c.agency_id, c.area_id, c.registered_at, array['abused', 'worker'],
    case when c.sealed then '{}' else array['team' || c.team_id] end, case when c.sealed then '{}' else array['agency' || c.agency_id] end) a;
-- Indexed
alter table peer.cases add primary key (id);
create index on peer.cases using gin (data);
create index on peer.cases using gin ((tokens -> 'tokens'));
create index on peer.cases (created_at);
create index on peer.cases (status);
create index on peer.cases (record_state);
create index on peer.cases (risk_level);
create index on peer.cases (workflow);
create index on peer.cases (sex);
create index on peer.cases (age);
create index on peer.cases (owned_by);
create index on peer.cases (user_names);
create index on peer.cases (groups);
create index on peer.cases (agencies);
create index on peer.cases (location);
create index on peer.cases (module_id);
create index on peer.cases (registration_date);
create index on peer.cases (concerns);
create index on peer.cases (assessment_due);
create index on peer.cases (follow_up_due);
create index on peer.cases (record_state, status, user_names);
create index on peer.cases (record_state, status, groups);
create index on peer.cases (record_state, status, agencies);
create index on peer.cases (record_state, status, risk_level, user_names);
create index on peer.cases (record_state, status, workflow, groups);
