CREATE TABLE "issues" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "issues_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"code" text NOT NULL,
	"severity" text NOT NULL,
	"collection" text NOT NULL,
	"key" text COLLATE "C" NOT NULL,
	"external_id" text COLLATE "C",
	"source_part" text NOT NULL,
	"source_position" integer NOT NULL,
	"run_id" uuid NOT NULL,
	"field" text,
	"value" text,
	"kept" text NOT NULL,
	"record_ids" uuid[],
	"conflict" jsonb,
	"is_read" boolean NOT NULL,
	"opened_run_id" uuid NOT NULL,
	"opened_number" integer NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_run_id" uuid,
	"closed_number" integer,
	"closed_at" timestamp with time zone,
	CONSTRAINT "issues_district_id_integration_id_seq_pk" PRIMARY KEY("district_id","integration_id","seq")
);
--> statement-breakpoint
CREATE TABLE "source_records" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"collection" text NOT NULL,
	"external_id" text COLLATE "C" NOT NULL,
	"hash" bigint,
	"fate" text NOT NULL,
	"reason" text,
	"record_id" uuid,
	"matched_by" text,
	"rostered" boolean DEFAULT false NOT NULL,
	"linked_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"missing_since" timestamp with time zone,
	"stale" boolean DEFAULT false NOT NULL,
	"run_id" uuid NOT NULL,
	"source_part" text,
	"source_position" integer,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	"name" text,
	"number" text,
	"code" text,
	"type" text,
	"class_type" text,
	"role" text,
	"grades" text[],
	"subjects" text[],
	"periods" text[],
	"begin_date" date,
	"end_date" date,
	"school_year" integer,
	"given_name" text,
	"middle_name" text,
	"family_name" text,
	"email" text,
	"username" text,
	"grade" text,
	"student_number" text,
	"course_external_id" text COLLATE "C",
	"school_external_id" text COLLATE "C",
	"class_external_id" text COLLATE "C",
	"person_external_id" text COLLATE "C",
	"term_external_ids" text[],
	"school_external_ids" text[],
	"unreadable" text[],
	CONSTRAINT "source_records_district_id_external_id_collection_integration_id_pk" PRIMARY KEY("district_id","external_id","collection","integration_id")
);
--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "planned_with" text;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "issues_opened" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "issues_resolved" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "issues_one_open" ON "issues" USING btree ("district_id","integration_id","collection","key","code",coalesce(field, '')) WHERE closed_number is null;--> statement-breakpoint
CREATE INDEX "issues_code" ON "issues" USING btree ("district_id","integration_id","code","seq");--> statement-breakpoint
CREATE INDEX "issues_closed" ON "issues" USING btree ("district_id","integration_id","closed_number") WHERE closed_number is not null;--> statement-breakpoint
CREATE INDEX "source_records_record" ON "source_records" USING btree ("district_id","record_id") WHERE record_id is not null;--> statement-breakpoint
CREATE INDEX "source_records_unsettled" ON "source_records" USING btree ("district_id","integration_id","collection") WHERE fate in ('waiting', 'withheld') or stale or missing_since is not null;--> statement-breakpoint
CREATE INDEX "source_records_email" ON "source_records" USING btree ("district_id","email") WHERE email is not null;--> statement-breakpoint
CREATE INDEX "source_records_student_number" ON "source_records" USING btree ("district_id","student_number") WHERE student_number is not null;--> statement-breakpoint
do $$
declare t text;
begin
  foreach t in array array['source_records', 'issues'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert, update, delete on %I to aivo_app', t);
    execute format('alter table %I set (autovacuum_analyze_scale_factor = 0.01, autovacuum_analyze_threshold = 2000,
      autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05)', t);
  end loop;
end $$;
--> statement-breakpoint
grant usage on sequence issues_seq_seq to aivo_app;
--> statement-breakpoint
-- Links become rows of the mirror, whose content is not known yet, and so do the records that could not be placed, with theirs.
insert into source_records (district_id, integration_id, collection, external_id, fate, reason, record_id, matched_by, rostered, linked_at, ended_at,
  missing_since, run_id, source_part, source_position, since,
  name, number, code, type, class_type, role, grades, subjects, periods, begin_date, end_date, school_year, given_name, middle_name, family_name, email,
  username, grade, student_number, course_external_id, school_external_id, class_external_id, person_external_id, term_external_ids, school_external_ids, unreadable)
select k.district_id, k.integration_id, k.collection, k.external_id,
  case when l.record_id is not null and not l.rostered then 'withdrawn'
    when u.row ? 'withheld' then 'withheld'
    when u.row = 'null' then case when l.record_id is null then 'not-rostered' else 'left-out' end
    when l.record_id is null then 'waiting' else 'rostered' end,
  case when u.row ? 'withheld' then 'match-takeover' end,
  l.record_id, l.matched_by, coalesce(l.rostered, false), l.linked_at, l.ended_at, l.missing_since,
  coalesce(l.run_id, '00000000-0000-0000-0000-000000000000'), l.source_part, l.source_position, coalesce(l.linked_at, now()),
  c.name, c.number, c.code, c.type, c.class_type, c.role, c.grades, c.subjects, c.periods, c.begin_date, c.end_date, c.school_year, c.given_name,
  c.middle_name, c.family_name, c.email, c.username, c.grade, c.student_number, c.course_external_id, c.school_external_id, c.class_external_id,
  c.person_external_id, c.term_external_ids, c.school_external_ids, c.unreadable
from (
  select district_id, integration_id, case entity when 'school' then 'orgs' when 'term' then 'academicSessions' when 'course' then 'courses'
    when 'classroom' then 'classes' when 'account' then 'users' else 'enrollments' end as collection, external_id from external_links
  union
  select district_id, integration_id, collection, external_id from unresolved_records) k
left join external_links l on l.district_id = k.district_id and l.integration_id = k.integration_id and l.external_id = k.external_id
  and l.entity = case k.collection when 'orgs' then 'school' when 'academicSessions' then 'term' when 'courses' then 'course'
    when 'classes' then 'classroom' when 'users' then 'account' else 'membership' end
left join unresolved_records u on u.district_id = k.district_id and u.integration_id = k.integration_id and u.collection = k.collection and u.external_id = k.external_id
left join lateral jsonb_populate_record(null::source_records, case when jsonb_typeof(u.row) = 'object' then u.row end) c on true;
--> statement-breakpoint
-- What a SIS says is read once in full, to be remembered from then on.
update integrations set cursor = null;
--> statement-breakpoint
update sync_runs set cursor = null, fingerprint = null where state in ('held', 'previewed');
--> statement-breakpoint
-- The issues of each run become issues that were open from it to the next run that looked. All are looked at again by the next full read.
insert into issues (district_id, integration_id, code, severity, collection, key, external_id, source_part, source_position, run_id, field, value, kept,
  record_ids, conflict, is_read, opened_run_id, opened_number, opened_at, closed_run_id, closed_number, closed_at)
select i.district_id, r.integration_id, i.code, i.severity, i.collection, i.key, i.external_id, i.source_part, i.source_position, i.run_id, i.field, i.value,
  i.kept, i.record_ids, i.conflict, true, i.run_id, r.number, coalesce(r.finished_at, r.queued_at),
  case when r.closed_number is not null then r.closed_run_id end, r.closed_number, case when r.closed_number is not null then coalesce(r.finished_at, r.queued_at) end
from (
  select distinct on (district_id, run_id, collection, key, code, coalesce(field, '')) * from (
    select *, case when code in ('reference-class', 'reference-user') and collection = 'enrollments' and value is not null then '→' || value
      when external_id is not null then external_id when code = 'column-missing' then '' else chr(1) || seq end as key
    from run_issues) k
  order by district_id, run_id, collection, key, code, coalesce(field, ''), seq) i
join (
  select r.*, n.id as closed_run_id,
    case when r.state = 'succeeded' then n.number else r.number + 1 end as closed_number
  from sync_runs r left join lateral (
    select id, number from sync_runs n where n.district_id = r.district_id and n.integration_id = r.integration_id and n.number > r.number
      and n.state = 'succeeded' and n.same_as_run_id is null order by n.number limit 1) n on true
  where r.state not in ('held', 'previewed')) r on r.district_id = i.district_id and r.id = i.run_id
order by i.seq;
--> statement-breakpoint
-- Plans that wait are made ready to be applied by the new version: beside what they decided they need the records that they decided about.
do $$
declare
  kept record;
  what record;
begin
  for kept in
    select substring(t.tablename from '_([0-9a-f]{32})$') as suffix, r.district_id, r.integration_id, r.id
    from pg_tables t join sync_runs r on r.id = substring(t.tablename from '_([0-9a-f]{32})$')::uuid
    where t.schemaname = 'staging' and t.tablename ~ '^plan_school_[0-9a-f]{32}$' and r.state in ('held', 'previewed')
  loop
    execute format('create table staging.set_aside_%s (collection text not null, external_id text collate "C", disposition text not null, reason text,
      hash bigint, said text not null default ''new'', entity text not null, part text not null, position int not null, clues text[],
      added boolean not null default false, name text, number text, code text, given_name text, family_name text, email text, student_number text,
      school_external_id text, school_external_ids text[], class_external_id text, person_external_id text)', kept.suffix);
    execute format('create table staging.waiting_%s (collection text not null, external_id text collate "C" not null, reason text not null)', kept.suffix);
    execute format('create table staging.issue_news_%s (news text not null, seq bigint not null, code text not null, severity text, collection text not null,
      key text collate "C", external_id text collate "C", part text, position int, field text, value text, kept text, record_ids uuid[], conflict jsonb,
      is_read boolean)', kept.suffix);
    for what in
      select * from (values
        ('orgs', 'orgs', 'school', 'name text, number text, grades text[]'),
        ('sessions', 'academicSessions', 'term', 'name text, type text, begin_date date, end_date date, school_year int'),
        ('courses', 'courses', 'course', 'name text, code text, subjects text[], grades text[]'),
        ('classes', 'classes', 'classroom', 'name text, code text, class_type text, subjects text[], grades text[], periods text[],
          course_external_id text, school_external_id text, term_external_ids text[]'),
        ('users', 'users', 'account', 'role text, given_name text, middle_name text, family_name text, email text, username text, grade text,
          student_number text, school_external_ids text[], unreadable text[]'),
        ('enrollments', 'enrollments', 'membership', 'class_external_id text, person_external_id text, role text, begin_date date, end_date date')
      ) v (name, collection, entity, columns)
    loop
      execute format('create table staging.%s_%s (external_id text collate "C" not null, part text not null, position int not null, hash bigint,
        said text not null default ''new'', %s)', what.name, kept.suffix, what.columns);
      -- Those that are there are told again by the next read; those that come are told what the plan has of them.
      execute format('insert into staging.%1$s_%2$s (external_id, part, position, said)
        select p.external_id, p.part, p.position, case when m.external_id is null then ''new'' else ''again'' end
        from (select external_id, part, position from staging.plan_%3$s_%2$s
          union select u.external_id, '''', 0 from staging.unresolved_%2$s u where u.collection = %4$L and u.row <> ''null''
            and not exists (select from staging.plan_%3$s_%2$s p where p.external_id = u.external_id)) p
        left join source_records m on m.district_id = %5$L and m.integration_id = %6$L and m.collection = %4$L and m.external_id = p.external_id',
        what.name, kept.suffix, what.entity, what.collection, kept.district_id, kept.integration_id);
      execute format('insert into staging.waiting_%1$s
        select u.collection, u.external_id, case when u.row ? ''withheld'' then ''match-takeover'' when u.collection = ''users'' then ''match-contested''
          when u.collection = ''classes'' then ''reference-school'' else ''reference-user'' end
        from staging.unresolved_%1$s u where u.collection = %3$L and u.row <> ''null''
          and not exists (select from staging.plan_%2$s_%1$s p where p.external_id = u.external_id)', kept.suffix, what.entity, what.collection);
      execute format('insert into staging.set_aside_%1$s (collection, external_id, disposition, entity, part, position, said)
        select distinct %3$L, s.external_id, ''missing'', %2$L, s.part, s.position, ''changed'' from staging.suspended_%1$s s where s.entity = %2$L
        union all
        select %3$L, u.external_id, ''not-rostered'', %2$L, '''', 0, ''new'' from staging.unresolved_%1$s u where u.collection = %3$L and u.row = ''null''
          and not exists (select from source_records m where m.district_id = %4$L and m.integration_id = %5$L and m.collection = %3$L
            and m.external_id = u.external_id)', kept.suffix, what.entity, what.collection, kept.district_id, kept.integration_id);
      execute format('grant all on staging.%s_%s to aivo_app', what.name, kept.suffix);
    end loop;
    execute format('insert into staging.issue_news_%1$s (news, seq, code, severity, collection, key, external_id, part, position, field, value, kept, record_ids,
        conflict, is_read)
      select case when o.seq is null then ''opened'' else ''changed'' end, coalesce(o.seq, nextval(''issues_seq_seq'')), f.code, f.severity, f.collection, f.key,
        f.external_id, f.source_part, f.source_position, f.field, f.value, f.kept, f.record_ids, f.conflict, true
      from (select distinct on (collection, key, code, coalesce(field, '''')) * from (
          select *, case when code in (''reference-class'', ''reference-user'') and collection = ''enrollments'' and value is not null then ''→'' || value
            when external_id is not null then external_id when code = ''column-missing'' then '''' else chr(1) || seq end as key
          from run_issues where district_id = %2$L and run_id = %3$L) k
        order by collection, key, code, coalesce(field, ''''), seq) f
      left join issues o on o.district_id = %2$L and o.integration_id = %4$L and o.closed_number is null
        and o.collection = f.collection and o.key = f.key and o.code = f.code and coalesce(o.field, '''') = coalesce(f.field, '''')',
      kept.suffix, kept.district_id, kept.id, kept.integration_id);
    execute format('insert into staging.issue_news_%1$s (news, seq, code, collection)
      select ''closed'', o.seq, o.code, o.collection from issues o where o.district_id = %2$L and o.integration_id = %3$L and o.closed_number is null
        and not exists (select from staging.issue_news_%1$s n where n.seq = o.seq)', kept.suffix, kept.district_id, kept.integration_id);
    execute format('grant all on staging.set_aside_%1$s, staging.waiting_%1$s, staging.issue_news_%1$s to aivo_app', kept.suffix);
    execute format('drop table staging.unresolved_%s', kept.suffix);
  end loop;
end $$;
