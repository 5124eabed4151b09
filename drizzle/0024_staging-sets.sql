-- Sets of tables for what a run reads and plans, made by the worker when all are leased (lib/platform/db/staging-pool.ts).
create table staging.sets (
  number int primary key,
  shape text not null,
  run_id uuid unique,
  district_id uuid,
  leased_at timestamptz not null default now());
--> statement-breakpoint
alter table staging.sets enable row level security;
--> statement-breakpoint
create policy district on staging.sets to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select on staging.sets to aivo_app;
--> statement-breakpoint
-- Numbers in the ids of new records (newIds in lib/engine/sync/plan-context.ts).
create sequence staging.record_ids cache 1000;
--> statement-breakpoint
grant usage on sequence staging.record_ids to aivo_app;
--> statement-breakpoint
-- Plans that wait for an admin (lib/platform/db/waiting-plans.ts).
create schema waiting;
--> statement-breakpoint
grant usage on schema waiting to aivo_app;
--> statement-breakpoint
create table waiting.plans (district_id uuid not null, run_id uuid not null, kept_at timestamptz not null default now(), primary key (district_id, run_id));
--> statement-breakpoint
create table waiting.orgs (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, hash bigint, said text not null default 'new', name text, number text, grades text[]);
--> statement-breakpoint
create table waiting.sessions (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, hash bigint, said text not null default 'new', name text, type text, begin_date date,
  end_date date, school_year int);
--> statement-breakpoint
create table waiting.courses (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, hash bigint, said text not null default 'new', name text, code text, subjects text[],
  grades text[]);
--> statement-breakpoint
create table waiting.classes (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, hash bigint, said text not null default 'new', name text, code text, class_type text,
  subjects text[], grades text[], periods text[], course_external_id text, school_external_id text,
  term_external_ids text[]);
--> statement-breakpoint
create table waiting.users (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, hash bigint, said text not null default 'new', role text, given_name text,
  middle_name text, family_name text, email text, username text, grade text, student_number text,
  school_external_ids text[], unreadable text[]);
--> statement-breakpoint
create table waiting.enrollments (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, hash bigint, said text not null default 'new', class_external_id text,
  person_external_id text, role text, begin_date date, end_date date);
--> statement-breakpoint
create table waiting.set_aside (
  district_id uuid not null, run_id uuid not null, collection text not null, external_id text collate "C",
  disposition text not null, reason text, hash bigint, said text not null default 'new', entity text not null,
  part text not null, position int not null, clues text[], added boolean not null default false, name text,
  number text, code text, given_name text, family_name text, email text, student_number text,
  school_external_id text, school_external_ids text[], class_external_id text, person_external_id text);
--> statement-breakpoint
create table waiting.plan_school (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, record_id uuid not null, matched_by text, link text not null, action text not null,
  name text, number text, grades text[]);
--> statement-breakpoint
create table waiting.plan_term (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, record_id uuid not null, matched_by text, link text not null, action text not null,
  name text, type text, begin_date date, end_date date, school_year int);
--> statement-breakpoint
create table waiting.plan_course (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, record_id uuid not null, matched_by text, link text not null, action text not null,
  name text, code text, subjects text[], grades text[]);
--> statement-breakpoint
create table waiting.plan_classroom (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, record_id uuid not null, matched_by text, link text not null, action text not null,
  name text, code text, class_type text, subjects text[], grades text[], periods text[], course_id uuid,
  school_id uuid, term_ids uuid[]);
--> statement-breakpoint
create table waiting.plan_account (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, record_id uuid not null, matched_by text, link text not null, action text not null,
  role text, given_name text, middle_name text, family_name text, email text, username text, grade text,
  student_number text, school_ids uuid[]);
--> statement-breakpoint
create table waiting.plan_membership (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, record_id uuid not null, matched_by text, link text not null, action text not null,
  classroom_id uuid, account_id uuid, role text, begin_date date, end_date date);
--> statement-breakpoint
create table waiting.ended_links (
  district_id uuid not null, run_id uuid not null, entity text not null, external_id text collate "C" not null,
  record_id uuid not null);
--> statement-breakpoint
create table waiting.suspended (
  district_id uuid not null, run_id uuid not null, entity text not null, external_id text collate "C" not null,
  record_id uuid not null, part text not null, position int not null);
--> statement-breakpoint
create table waiting.status_changes (
  district_id uuid not null, run_id uuid not null, entity text not null, record_id uuid not null,
  action text not null, reason text not null);
--> statement-breakpoint
create table waiting.waiting (
  district_id uuid not null, run_id uuid not null, collection text not null, external_id text collate "C" not null,
  reason text not null);
--> statement-breakpoint
create table waiting.issue_news (
  district_id uuid not null, run_id uuid not null, news text not null, seq bigint not null, code text not null,
  severity text, collection text not null, key text collate "C", external_id text collate "C", part text,
  position int, field text, value text, kept text, record_ids uuid[], conflict jsonb, is_read boolean);
--> statement-breakpoint
do $$
declare t text;
begin
  for t in select tablename from pg_tables where schemaname = 'waiting' loop
    if t <> 'plans' then execute format('create index on waiting.%I (district_id, run_id)', t); end if;
    execute format('alter table waiting.%I enable row level security', t);
    execute format($p$create policy district on waiting.%I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert, delete on waiting.%I to aivo_app', t);
  end loop;
end $$;
--> statement-breakpoint
-- Plans that waited in tables named after their runs move; what else such tables hold belongs to runs that are over.
do $$
declare
  kept record;
  t text;
  names text;
begin
  for kept in
    select substring(p.tablename from '_([0-9a-f]{32})$') as suffix, r.district_id, r.id, r.state
    from pg_tables p join sync_runs r on r.id = substring(p.tablename from '_([0-9a-f]{32})$')::uuid
    where p.schemaname = 'staging' and p.tablename ~ '^plan_school_[0-9a-f]{32}$' and r.state in ('held', 'previewed')
  loop
    insert into waiting.plans (district_id, run_id) values (kept.district_id, kept.id);
    for t in select tablename from pg_tables where schemaname = 'waiting' and tablename <> 'plans' loop
      select string_agg(format('%I', column_name), ', ' order by ordinal_position) into names from information_schema.columns
      where table_schema = 'waiting' and table_name = t and column_name not in ('district_id', 'run_id');
      execute format('insert into waiting.%1$I (district_id, run_id, %2$s) select %3$L, %4$L, %2$s from staging.%5$I',
        t, names, kept.district_id, kept.id, t || '_' || kept.suffix);
    end loop;
  end loop;
  -- A run of the version before that goes on keeps its tables; the sweep drops them.
  for t in
    select tablename from pg_tables p where schemaname = 'staging' and tablename ~ '_[0-9a-f]{32}$' and not exists (
      select from sync_runs r where r.id = substring(p.tablename from '_([0-9a-f]{32})$')::uuid and r.state in ('running', 'applying'))
  loop
    execute format('drop table staging.%I', t);
  end loop;
end $$;
