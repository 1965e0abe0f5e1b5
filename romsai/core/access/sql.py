"""PostgreSQL's side of the policy table: relation functions, row policies, grants, history triggers.

The shape was measured on a million cases: every relation is one SECURITY DEFINER function that returns an array, called once a
statement as `column = any((select f())::bigint[])`; every function checks worker, role and activity itself; one database role a
transaction. What beats everything (exclusion) is a RESTRICTIVE policy.
"""

import hashlib

from romsai.core.access import erasing, roles
from romsai.core.access.context import SIGN_IN
from romsai.core.access.policy import policy
from romsai.core.access.relations import definers, meanings, people, purposes, subjects

SCHEMA = """
create schema if not exists sec;
revoke all on schema sec from public;
create table if not exists sec.ctx_key (kid int primary key, k_ipad bytea not null, k_opad bytea not null, made_at timestamptz not null default now());
alter table sec.ctx_key add column if not exists until timestamptz;
revoke all on sec.ctx_key from public;
grant select on sec.ctx_key to {definer};
grant usage on schema sec to {scopes}, {owner}, {definer};
"""

CONTEXT = """
-- The signed context, checked; HMAC from the built-in sha256. A key that was replaced is accepted for a while longer.
create or replace function sec.context(part int) returns int language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp as $$
declare s text := current_setting('app.ctx', true); p text[]; k record;
begin
  if s is null or s = '' then return null; end if;
  p := string_to_array(s, '.');
  if array_length(p, 1) <> 5 then return null; end if;
  for k in select k_ipad, k_opad from sec.ctx_key where until is null or until > clock_timestamp() order by kid desc loop
    if encode(sha256(k.k_opad || sha256(k.k_ipad || convert_to(p[1]||'.'||p[2]||'.'||p[3]||'.'||p[4], 'UTF8'))), 'hex') = p[5]
       and p[3]::bigint >= extract(epoch from clock_timestamp()) then
      return p[part]::int;
    end if;
  end loop;
  return null;
end $$;
-- Null without a good context and while somebody signs in, 0 for the system, else the worker.
create or replace function sec.uid() returns int language sql stable as $$ select nullif(sec.context(1), {sign_in}) $$;
create or replace function sec.actor() returns int language sql stable as $$ select sec.context(2) $$;
create or replace function sec.is_system() returns bool language sql stable as $$ select coalesce(sec.context(1) = 0, false) $$;
create or replace function sec.is_sign_in() returns bool language sql stable as $$ select coalesce(sec.context(1) = {sign_in}, false) $$;
-- The few cases that are asked about, or null. Whoever sets it sees less, never more: it narrows what relations reach, not what is excluded.
create or replace function sec.about() returns bigint[] language sql stable as $$ select nullif(current_setting('app.about', true), '')::bigint[] $$;
create or replace function sec.role() returns text language sql stable security definer set search_path = public, pg_temp as
  $$ select role from places_worker where id = sec.uid() and is_active and (until_on is null or until_on > current_date) $$;
"""

AUDIT = """
-- One line for what was read or done; the actor comes from the signed context, never from the caller.
create or replace function sec.audit(p_request text, p_session text, p_action text, p_subjects text[], p_reads jsonb, p_purpose text, p_count int)
  returns void language sql volatile security definer set search_path = public, pg_temp as $$
  insert into core_auditline (at, worker_id, is_system, db_role, request, session, action, subjects, reads, purpose, count)
  values (clock_timestamp(), nullif(sec.actor(), 0), sec.is_system(), current_setting('role'), p_request, p_session, p_action, p_subjects, p_reads, coalesce(nullif(p_purpose, ''), sec.purpose(p_subjects)), p_count) $$;

create or replace function sec.refused(p_request text, p_session text, p_action text, p_path text) returns void
  language sql volatile security definer set search_path = public, pg_temp as $$
  insert into core_refusal (at, worker_id, request, session, action, path) values (clock_timestamp(), nullif(sec.actor(), 0), p_request, p_session, p_action, p_path) $$;

-- A client key is taken by one transaction; the second waits for the first and then reads its result.
create or replace function sec.take_key(p_key uuid, p_action text, out is_new bool, out model text, out pk bigint, out same bool)
  language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare n int; k core_clientkey;
begin
  insert into core_clientkey (key, worker_id, action, at) values (p_key, nullif(sec.actor(), 0), p_action, clock_timestamp()) on conflict (key) do nothing;
  get diagnostics n = row_count;
  is_new := n = 1;
  select * into k from core_clientkey c where c.key = p_key;
  model := k.model; pk := k.pk;
  same := k.worker_id is not distinct from nullif(sec.actor(), 0) and k.action = p_action;
  if not same then model := null; pk := null; end if;
end $$;
create or replace function sec.give_key(p_key uuid, p_model text, p_pk bigint) returns void language sql volatile security definer
  set search_path = public, pg_temp as $$
  update core_clientkey set model = p_model, pk = p_pk where key = p_key and worker_id is not distinct from nullif(sec.actor(), 0) $$;

-- History of every change, sealed fields as ciphertext. args: subject, level, column
create or replace function sec.keep_history() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare old_row jsonb; new_row jsonb; r jsonb;
begin
  -- A column named bulk is a piece of a file, written once: its history would be a second copy of every photo.
  if tg_op <> 'INSERT' then old_row := to_jsonb(old) - 'bulk'; end if;
  if tg_op <> 'DELETE' then new_row := to_jsonb(new) - 'bulk'; end if;
  r := coalesce(new_row, old_row);
  insert into core_history (at, worker_id, is_system, table_name, row_id, operation, subject, subject_id, level, old, new)
  values (clock_timestamp(), nullif(sec.actor(), 0), sec.is_system(), tg_table_name, (r->>'id')::bigint, tg_op, tg_argv[0], (r->>tg_argv[2])::bigint, tg_argv[1], old_row, new_row);
  return null;
end $$;
-- The one exception: what was erased leaves its history too (erasing.py).
create or replace function sec.stay_as_is() returns trigger language plpgsql as $$ begin
  if tg_op = 'DELETE' and tg_table_name = 'core_history' and current_user = '{eraser}' then return old; end if;
  raise exception 'rows of % are never changed', tg_table_name; end $$;

-- Who has looked at a case: for those who may read the case's own words, and for auditors.
create or replace function sec.who_looked(p_case bigint) returns setof core_auditline language sql stable security definer set search_path = public, pg_temp as $$
  select l.* from core_auditline l
  where l.subjects && (select array['case:' || p_case] || array(select 'person:' || person_id from cases_participant where case_id = p_case and role = 'CHILD'))
    and (p_case = any(sec.read_case_identity()) or sec.is_system() or sec.role() in ('AUDITOR', 'DPO'))
    and p_case <> all(sec.excluded_case())
  order by l.id desc limit 500 $$;
"""


def _me():
    """The row of the worker who asks, which relation queries use; none unless they may act today."""
    return "select * into me from places_worker where is_active and (until_on is null or until_on > current_date) and id = sec.uid();"


def _plays(names):
    """The asker has one of these roles."""
    listed = ", ".join(f"'{name}'" for name in names)
    return f"me.role = any(array[{listed}]::text[])"


def _function(name, steps, only=""):
    """A function that gives ids: each step adds some for a role; `only`: what it looks at besides.

    Steps of other roles are not even planned; the others are planned once a connection, and by an index wherever there is one. In order: PostgreSQL sorts the ids for each look into an index, and what is in order
    is sorted eight times quicker. What a single index gave in order is not sorted again.
    """
    body = "\n  ".join(steps)
    return (
        f"create or replace function sec.{name}() returns bigint[] language plpgsql stable security definer set search_path = public, pg_temp"
        f" set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$\n"
        f"declare me places_worker; ids bigint[] := '{{}}'; cases bigint[] := '{{}}'; more bigint[]; mixed bool := false;{only}\nbegin\n"
        f"  {_me()}\n  if me.id is null then return ids; end if;\n  {body}\n"
        f"  if not mixed then return ids; end if;\n  return array(select x.id from unnest(ids) as x(id) order by 1);\nend $$;"
    )


ABOUT = " asked bigint[] := sec.about();"  # the cases asked about


def _add(ids, into="ids", *, in_order=False):
    """Add what this select gives; in_order: an index holds it so."""
    more = f"array({ids} order by 1)" if in_order else f"array({ids})"
    mixes = f"{into} <> '{{}}'" if in_order else f"cardinality({into} || more) > 1"
    return f"more := {more}; mixed := mixed or more <> '{{}}' and {mixes}; {into} := {into} || more;"


def _step(names, ids, into="ids"):
    return f"if {_plays(names)} then {_add(ids, into)} end if;"


def _reach(name, level, into="ids"):
    """The step of one relation, seal respected; of cases, only those asked about if any are."""
    line, meaning = policy().relations[name], meanings[name]
    inner = meaning.sql.format(level=level, unsealed="" if line.sealed else "and not c.sealed")
    conditions = []
    if not line.sealed and meaning.reaches in subjects and "{unsealed}" not in meaning.sql:
        conditions = [f"not ({subjects[meaning.reaches].sealed_sql})"]
    whole = f"select x.id from ({inner}) as x(id){_where(conditions)}"
    if meaning.reaches != "case":
        return _step(line.roles, whole, into)
    few = f"select x.id from ({inner}) as x(id){_where(['x.id = any(asked)', *conditions])}"
    added = _add(whole, into, in_order=meaning.in_order)
    return f"if {_plays(line.roles)} then\n    if asked is null then {added}\n    else {_add(few, into)} end if;\n  end if;"


def _where(conditions):
    return f" where {' and '.join(conditions)}" if conditions else ""


def _narrow(names, subject):
    """Relations of a policy line that work through id arrays (not the system, not whole areas)."""
    return [n for n in names if n in meanings and meanings[n].reaches == subject and not _is_wide(n)]


def _is_wide(name):
    listed = policy().relations[name].roles
    return bool(listed) and all(roles.database_role(role) == roles.WIDE for role in listed)


def functions():
    """One array function a verb, subject and level; the same for persons; one for each relation to single rows."""
    table = policy()
    for verb in ("read", "write"):
        for subject, levels in getattr(table, verb).items():
            for level, names in levels.items():
                narrow = _narrow(names, subject)
                yield _function(f"{verb}_{subject}_{level}", [_reach(name, level) for name in narrow], ABOUT)
                if subject == "case":
                    yield _function(f"{verb}_person_{level}", _to_people(narrow, level), ABOUT)
    for subject, parts in subjects.items():
        yield _function(f"excluded_{subject}", [_step(_all_roles(), parts.excluded_sql)])
    everyone = people.sql.format(cases="sec.excluded_case()", roles="true")
    yield _function("excluded_person", [_step(_all_roles(), everyone)])
    for name, meaning in meanings.items():
        if meaning.reaches not in subjects:
            yield _function(f"rows_{name}", [_step(table.relations[name].roles, meaning.sql)])
    for name in table.relations:
        if name in meanings and _is_wide(name):
            yield _function(f"areas_{name}", [_step(table.relations[name].roles, meanings[name].sql)])


def purpose():
    """What for somebody reads, where their right itself says it: no page can forget to note it."""
    whens = " ".join(f"when exists ({condition}) then '{name}'" for name, condition in purposes.items())
    return (
        "create or replace function sec.purpose(p_subjects text[]) returns text language sql stable security definer"
        f" set search_path = public, pg_temp as $$ select case {whens or 'when false then null'} else '' end $$;"
    )


def _all_roles():
    return sorted({role for line in policy().relations.values() for role in line.roles})


def _to_people(names, level):
    """Steps that collect the cases of relations which reach the same people in them, and then those people."""
    by_people = {}
    for name in names:
        by_people.setdefault(policy().relations[name].people, []).append(name)
    for listed, group in by_people.items():
        yield "cases := '{}';"
        for name in group:
            yield _reach(name, level, into="cases")
        condition = "true" if listed is None else "p.role = any(array[{}]::text[])".format(", ".join(f"'{r}'" for r in listed))
        yield f"if cases <> '{{}}' then {_add(people.sql.format(cases='cases', roles=condition))} end if;"


def policies(existing):
    """Drop and make anew every row policy, on the protected tables and on those without any child in them."""
    table = policy()
    for name, verbs in table.open.items():
        if name in existing:
            yield from _open(name, verbs)
    for line in table.tables.values():
        name, column = line.name, line.column
        yield f"alter table {name} enable row level security; alter table {name} force row level security;"
        for stale in ("read", "add", "change", "wide", "system_", "never"):
            yield f"drop policy if exists {stale} on {name};"
        reach = f"{column} = any((select sec.read_{line.subject}_{line.level}())::bigint[])"
        write = f"{column} = any((select sec.write_{line.subject}_{line.level}())::bigint[])"
        if line.extra:
            meaning = meanings[line.extra]
            own = "id" if meaning.reaches == name else f"{meaning.reaches.split('_', 1)[1]}_id"
            row = f"{own} = any((select sec.rows_{line.extra}())::bigint[])"
            reach = f"({reach} or {row})"  # to read; what its reader may do to it is an elevated action
        # The table of cases itself is looked up by what the question says of a case: as a list of numbers, of which PostgreSQL
        # believes that there are ten, the rule would be taken for the best way in.
        seen = f"id in (select unnest(sec.read_{line.subject}_{line.level}()))" if name == "cases_case" else reach
        yield f"create policy read on {name} for select to {roles.SCOPE} using ({seen});"
        yield f"create policy add on {name} for insert to {roles.SCOPE} with check ({write});"
        yield f"create policy change on {name} for update to {roles.SCOPE} using ({write}) with check ({write});"
        yield f"create policy system_ on {name} to {roles.SYSTEM} using ((select sec.is_system())) with check ((select sec.is_system()));"
        yield (
            f"create policy never on {name} as restrictive to {roles.SCOPE}, {roles.WIDE}"
            f" using ({column} <> all((select sec.excluded_{line.subject}())::bigint[]));"
        )
        wide = [n for n in table.read.get(line.subject, {}).get(line.level, ()) if n in meanings and _is_wide(n)]
        for relation in wide:
            if name == "cases_case":
                yield f"create policy wide on {name} for select to {roles.WIDE} using (not sealed and area_id in (select unnest(sec.areas_{relation}())));"
            else:
                yield f"create policy wide on {name} for select to {roles.WIDE} using (exists (select 1 from cases_case c where c.id = {name}.{column}));"
        yield f"drop trigger if exists history on {name}; create trigger history after insert or update or delete on {name} for each row execute function sec.keep_history('{line.subject}', '{line.level}', '{column}');"
    for name in table.sign_in:
        if name in existing:
            # The login may take the role of the sign-in at any time, so the role alone opens nothing.
            yield f"alter table {name} enable row level security;"
            yield f"drop policy if exists sign_in on {name};"
            yield f"create policy sign_in on {name} to {roles.AUTH} using ((select sec.is_sign_in())) with check ((select sec.is_sign_in()));"
    yield "alter table core_history enable row level security; alter table core_history force row level security;"
    for subject, levels in table.read.items():
        for level in levels:
            yield f"drop policy if exists read_{subject}_{level} on core_history;"
            yield (
                f"create policy read_{subject}_{level} on core_history for select to {roles.SCOPE}"
                f" using (subject = '{subject}' and level = '{level}' and subject_id = any((select sec.read_{subject}_{level}())::bigint[])"
                f" and subject_id <> all((select sec.excluded_{subject}())::bigint[]));"
            )
    for name in ("core_auditline", "core_refusal", "core_clientkey"):
        yield f"alter table {name} enable row level security; alter table {name} force row level security;"
    for name in ("core_auditline", "core_refusal"):
        yield f"drop policy if exists desk on {name}; create policy desk on {name} for select to {roles.DESK} using ((select sec.role()) in ('AUDITOR', 'DPO'));"
    for name in ("core_auditline", "core_refusal", "core_history"):
        yield f"drop trigger if exists append_only on {name}; create trigger append_only before update or delete on {name} for each row execute function sec.stay_as_is();"


def grants(existing):
    """Rights on tables by database role: only what the policy table names. `existing`: table names in the database."""
    table = policy()
    everyone = ", ".join(roles.SCOPES)
    yield "revoke all on all tables in schema public from public;"
    yield f"revoke all on all tables in schema public from {everyone}, {roles.LOGIN}, {roles.DEFINER}, {roles.ERASER};"
    yield f"grant usage on schema public to {everyone}, {roles.DEFINER};"
    yield f"grant usage, select on all sequences in schema public to {everyone}, {roles.DEFINER};"
    yield f"grant select on all tables in schema public to {roles.DEFINER};"
    yield f"grant insert on core_auditline, core_history, core_refusal to {roles.DEFINER}; grant insert, update on core_clientkey to {roles.DEFINER};"
    for name, line in table.tables.items():
        yield f"grant select, insert, update on {name} to {roles.SCOPE}, {roles.SYSTEM};"
        # Pages and filters ask the tables of the work for everybody; to whom no row policy gives a row, they are empty.
        if "coordinator" in table.read.get(line.subject, {}).get(line.level, ()) or line.level == "work":
            yield f"grant select on {name} to {roles.WIDE};"
    yield f"grant select on core_history to {roles.SCOPE};"
    yield f"grant select on core_auditline, core_refusal to {roles.DESK};"
    for name, verbs in table.open.items():
        if name not in existing:
            continue
        for verb, who in verbs.items():
            if to := _database_roles(who):
                yield f"grant {verb} on {name} to {', '.join(to)};"
        yield f"grant select, insert, update, delete on {name} to {roles.SYSTEM};"
    for name in table.sign_in:
        if name in existing:
            yield f"grant select, insert, update, delete on {name} to {roles.AUTH}; revoke all on {name} from {roles.DEFINER};"
    for name in existing:
        if name.startswith("procrastinate_"):
            yield f"grant select, insert, update, delete on {name} to {roles.SYSTEM};"
    yield from erasing.grants()


def _database_roles(who):
    named = {"all": roles.SCOPES, "scope": [roles.SCOPE], "wide": [roles.WIDE], "system": [roles.SYSTEM], "desk": [roles.DESK]}
    found = []
    for word in who:
        if word in meanings:
            found += [roles.database_role(role) for role in policy().relations[word].roles]
        else:
            found += named[word] if word in named else [roles.database_role(word)]
    return sorted(set(found))


def _open(name, verbs):
    """A table without any child in it: who may do what with it. A database role is shared, so the row policy asks for worker roles."""
    yield f"alter table {name} enable row level security; alter table {name} force row level security;"
    for verb in ("select", "insert", "update", "delete"):
        for kind in ("", "_by_role", "_own"):
            yield f"drop policy if exists may_{verb}{kind} on {name};"
        who = [word for word in verbs.get(verb, ()) if word != "system"]
        listed = ", ".join(f"'{word}'" for word in who if word.isupper())
        if listed:
            yield _may(f"may_{verb}_by_role", name, verb, "public", f"(select sec.role()) in ({listed})")
        if arms := [f"id = any((select sec.rows_{word}())::bigint[])" for word in who if word in meanings]:
            yield _may(f"may_{verb}_own", name, verb, "public", " or ".join(arms))
        if others := [word for word in who if not word.isupper() and word not in meanings]:
            yield _may(f"may_{verb}", name, verb, "public" if "all" in others else ", ".join(_database_roles(others)), "true")
    # The role alone is not enough: an injected set_config('role') must not make anybody a supervisor.
    for stale in ("system_", "owner_"):
        yield f"drop policy if exists {stale} on {name};"
    yield f"create policy system_ on {name} to {roles.SYSTEM} using ((select sec.is_system())) with check ((select sec.is_system()));"
    yield f"create policy owner_ on {name} to {roles.OWNER} using (true) with check (true);"


def _may(policy_name, table, verb, to, condition):
    using = "" if verb == "insert" else f" using ({condition})"
    check = f" with check ({condition})" if verb in ("insert", "update") else ""
    return f"create policy {policy_name} on {table} for {verb} to {to}{using}{check};"


def as_definer(statements):
    """Relation functions belong to a role that owns no table: with FORCE, a definer function of the owner would see nothing."""
    # Made anew at the end: whoever grants on all functions of the schema must own them all.
    yield f"set local role {roles.ERASER}; drop function if exists sec.erase; reset role;"
    yield f"grant create on schema sec to {roles.DEFINER}; set local role {roles.DEFINER};"
    yield from statements
    yield f"""
revoke all on all functions in schema sec from public;
grant execute on all functions in schema sec to {", ".join(roles.SCOPES)}, {roles.OWNER}, {roles.ERASER};
reset role; revoke create on schema sec from {roles.DEFINER};"""


def as_eraser():
    """The one function that erases belongs to a role that can do nothing else, and that nobody can take."""
    yield f"grant create on schema sec to {roles.ERASER}; set local role {roles.ERASER};"
    yield erasing.function()
    yield f"reset role; revoke create on schema sec from {roles.ERASER};"


def script(existing):
    """The whole SQL. Idempotent."""
    return "\n".join(pieces(existing))


def pieces(existing):
    """The same, piece by piece in its order."""
    names = {"definer": roles.DEFINER, "owner": roles.OWNER, "scopes": ", ".join(roles.SCOPES), "sign_in": SIGN_IN}
    watched = AUDIT.replace("{eraser}", roles.ERASER)
    own = as_definer([CONTEXT.format(**names), *functions(), purpose(), watched, *definers])
    return [SCHEMA.format(**names), *grants(existing), *own, *as_eraser(), *policies(existing)]


def digest(existing):
    return hashlib.sha256(script(existing).encode()).hexdigest()
