-- Which part of a set is leased: on Citus each of its own, by the shard of the district (lib/platform/db/citus/cut-sets.ts); else the whole, 0.
alter table staging.sets add column part bigint not null default 0;
--> statement-breakpoint
alter table staging.sets drop constraint sets_pkey;
--> statement-breakpoint
alter table staging.sets add primary key (number, part);
--> statement-breakpoint
-- On Citus the number of a change is asked for by whoever writes it.
grant usage on sequence run_changes_seq_seq to aivo_app;
