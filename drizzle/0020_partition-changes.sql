ALTER TABLE "sync_runs" ADD CONSTRAINT "sync_runs_id_tells_when" CHECK (substr("sync_runs"."id"::text, 15, 1) = '7');
--> statement-breakpoint
-- The changes of syncs, by month. A run's id begins with the time at which it was asked for, so that the month of all its changes is in the
-- key that they have already: statements stay as they are, those of an earlier release too, and look into one partition.
alter table run_changes rename to run_changes_before;
--> statement-breakpoint
alter table run_changes_before rename constraint run_changes_district_id_run_id_seq_pk to run_changes_before_pk;
--> statement-breakpoint
alter sequence run_changes_seq_seq rename to run_changes_before_seq_seq;
--> statement-breakpoint
create table run_changes (
  district_id uuid not null,
  run_id uuid not null,
  seq bigint generated always as identity (sequence name run_changes_seq_seq),
  entity text not null,
  action text not null,
  record_id uuid not null,
  external_id text,
  reason text not null,
  before jsonb,
  after jsonb,
  constraint run_changes_district_id_run_id_seq_pk primary key (district_id, run_id, seq)
) partition by range (run_id);
--> statement-breakpoint
alter table run_changes enable row level security;
--> statement-breakpoint
create policy district on run_changes to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, update, delete on run_changes to aivo_app;
--> statement-breakpoint
-- A partition of each month in which a run was asked for, and one for what has no other. The application reads them through their parent,
-- under its policy; of themselves they are granted to nobody. lib/platform/db/partitions.ts makes those that follow.
do $$
declare
  settings constant text := 'with (autovacuum_analyze_scale_factor = 0.01, autovacuum_analyze_threshold = 2000,
    autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05)';
  part record;
begin
  execute 'create table run_changes_default partition of run_changes default ' || settings;
  alter table run_changes_default enable row level security;
  for part in
    select 'run_changes_' || to_char(month, 'YYYY_MM') as name,
      -- The smallest ids of a month and of the one after it: milliseconds since 1970, then zeros.
      rpad(lpad(to_hex(extract(epoch from month)::bigint * 1000), 12, '0'), 32, '0') as first,
      rpad(lpad(to_hex(extract(epoch from month + interval '1 month')::bigint * 1000), 12, '0'), 32, '0') as after
    from (select distinct date_trunc('month', to_timestamp(('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint / 1000.0) at time zone 'UTC') as month from sync_runs) months
  loop
    execute format('create table %I partition of run_changes for values from (%L) to (%L) %s', part.name, part.first, part.after, settings);
    execute format('alter table %I enable row level security', part.name);
  end loop;
end $$;
--> statement-breakpoint
insert into run_changes (district_id, run_id, seq, entity, action, record_id, external_id, reason, before, after) overriding system value
select district_id, run_id, seq, entity, action, record_id, external_id, reason, before, after from run_changes_before;
--> statement-breakpoint
select setval('run_changes_seq_seq', last_value, is_called) from run_changes_before_seq_seq;
--> statement-breakpoint
drop table run_changes_before;
--> statement-breakpoint
analyze run_changes;
