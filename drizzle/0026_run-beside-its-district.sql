DROP INDEX "sync_runs_one_active";--> statement-breakpoint
CREATE UNIQUE INDEX "sync_runs_one_active" ON "sync_runs" USING btree ("district_id","integration_id") WHERE state in ('queued', 'running', 'applying');--> statement-breakpoint
-- As before, but in the table that the row goes into: on Citus that is the part of sync_runs which holds all of its district.
create or replace function number_sync_run() returns trigger language plpgsql as $$
begin
  execute format('select 1 + coalesce(max(number), 0) from %s where district_id = $1 and integration_id = $2', tg_relid::regclass)
  into new.number using new.district_id, new.integration_id;
  return new;
end $$;
