-- Null is a district admin, also for the version before, which knows no other.
ALTER TABLE "accounts" ADD COLUMN "admin_role" text;
--> statement-breakpoint
-- The role that whoever has leave for some schools alone reads as. It owns nothing and writes nothing.
do $$ begin
  if not exists (select from pg_roles where rolname = 'aivo_school') then create role aivo_school nologin; end if;
exception when duplicate_object or unique_violation then null;
end $$;
--> statement-breakpoint
do $$ begin execute format('grant aivo_school to %I', current_user); end $$;
--> statement-breakpoint
-- Whether what an integration told names one of the schools: `keys` as lib/platform/db/tx.ts makes them.
create function is_told_of(integration uuid, named text[], keys text[]) returns boolean language sql immutable parallel safe
  as $$ select exists (select from unnest(named) as one (id) where md5(integration || ':' || one.id) = any(keys)) $$;
--> statement-breakpoint
do $$
declare
  t text;
  district text := 'district_id = (select nullif(current_setting(''aivo.district_id'', true), '''')::uuid)';
  schools text := '(select string_to_array(nullif(nullif(current_setting(''aivo.schools'', true), ''''), ''-''), ''.''))::uuid[]';
  told text := '(select string_to_array(nullif(nullif(current_setting(''aivo.school_rows'', true), ''''), ''-''), ''.''))::text[]';
  is_cut boolean := false;
begin
  execute format('grant usage on schema %I to aivo_school', current_schema());
  -- Citus takes no subquery in a policy of a table that is distributed already (docs/decisions/008).
  if to_regclass('pg_catalog.pg_dist_partition') is not null then
    execute 'select exists (select from pg_dist_partition where logicalrelid = ''districts''::regclass)' into is_cut;
  end if;
  if is_cut then
    district := replace(district, '(select ', '(');
    schools := replace(schools, '(select ', '(');
    told := replace(told, '(select ', '(');
  end if;
  -- What names nobody, or only by ids: it is read beside what is confined below.
  foreach t in array array['terms', 'courses', 'memberships', 'school_days', 'turned_classrooms', 'withheld_records', 'kept_values', 'integrations'] loop
    execute format('create policy schools on %I for select to aivo_school using (%s)', t, district);
  end loop;
  execute format('create policy schools on districts for select to aivo_school using (%s)', regexp_replace(district, '^district_id', 'id'));
  execute format('create policy schools on schools for select to aivo_school using (%s and id = any(%s))', district, schools);
  execute format('create policy schools on classrooms for select to aivo_school using (%s and school_id = any(%s))', district, schools);
  execute format('create policy schools on accounts for select to aivo_school using (%s and school_ids && %s)', district, schools);
  -- Of enrollments a SIS tells ids alone; people and classes count by the schools that the SIS names.
  execute format($p$create policy schools on source_records for select to aivo_school using (%s and case collection
      when 'enrollments' then true
      when 'orgs' then record_id = any(%s)
      when 'users' then is_told_of(integration_id, school_external_ids, %s)
      when 'classes' then is_told_of(integration_id, array[school_external_id], %s)
      else false end)$p$, district, schools, told, told);
  execute format('create policy schools on issues for select to aivo_school using (%s and collection = ''enrollments'')', district);
end $$;
--> statement-breakpoint
grant select on districts, schools, terms, courses, classrooms, accounts, memberships, school_days, turned_classrooms, withheld_records, kept_values, source_records to aivo_school;
--> statement-breakpoint
grant select (district_id, id, name, provider, state, created_at) on integrations to aivo_school;
--> statement-breakpoint
grant select (district_id, integration_id, collection, key, severity) on issues to aivo_school;
