-- The role that the application works as. It owns nothing, so that row-level security binds it.
do $$ begin
  if not exists (select from pg_roles where rolname = 'aivo_app') then create role aivo_app nologin; end if;
exception when duplicate_object or unique_violation then null;
end $$;
--> statement-breakpoint
do $$ begin execute format('grant aivo_app to %I', current_user); end $$;
--> statement-breakpoint
create schema if not exists staging;
--> statement-breakpoint
grant usage on schema staging to aivo_app;
--> statement-breakpoint
do $$
declare t text;
begin
  execute format('grant usage on schema %I to aivo_app', current_schema());
  foreach t in array array['schools','terms','courses','classrooms','accounts','memberships','integrations','external_links',
                           'sync_runs','run_issues','run_changes','audit_entries'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert, update on %I to aivo_app', t);
  end loop;
end $$;
--> statement-breakpoint
alter table districts enable row level security;
--> statement-breakpoint
create policy district on districts to aivo_app
  using (id = nullif(current_setting('aivo.district_id', true), '')::uuid)
  with check (id = nullif(current_setting('aivo.district_id', true), '')::uuid);
--> statement-breakpoint
grant select, update on districts to aivo_app;
--> statement-breakpoint
-- A run's issues are replaced when its plan is made again; the audit log only grows.
grant delete on run_issues, run_changes to aivo_app;
--> statement-breakpoint
revoke update on audit_entries from aivo_app;
--> statement-breakpoint
create function audit_entries_are_final() returns trigger language plpgsql as $$
begin raise exception 'audit entries are append-only' using errcode = 'insufficient_privilege'; end $$;
--> statement-breakpoint
create trigger append_only before update or delete or truncate on audit_entries for each statement execute function audit_entries_are_final();
