CREATE TABLE "closed_issues" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
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
	"seq" bigint NOT NULL,
	"closed_run_id" uuid NOT NULL,
	"closed_number" integer NOT NULL,
	"closed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "closed_issues_district_id_integration_id_closed_number_seq_closed_at_pk" PRIMARY KEY("district_id","integration_id","closed_number","seq","closed_at")
) partition by range (closed_at);
--> statement-breakpoint
create table closed_issues_default partition of closed_issues default with (autovacuum_analyze_scale_factor = 0.01,
  autovacuum_analyze_threshold = 2000, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
alter table closed_issues enable row level security;
--> statement-breakpoint
-- The application reads partitions through their parent, under its policy; lib/platform/db/partitions.ts makes those of the months.
alter table closed_issues_default enable row level security;
--> statement-breakpoint
create policy district on closed_issues to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, update, delete on closed_issues to aivo_app;
--> statement-breakpoint
with closed as (delete from issues where closed_number is not null returning *)
insert into closed_issues (district_id, integration_id, seq, code, severity, collection, key, external_id, source_part, source_position, run_id, field, value,
  kept, record_ids, conflict, is_read, opened_run_id, opened_number, opened_at, closed_run_id, closed_number, closed_at)
select district_id, integration_id, seq, code, severity, collection, key, external_id, source_part, source_position, run_id, field, value,
  kept, record_ids, conflict, is_read, opened_run_id, opened_number, opened_at, coalesce(closed_run_id, opened_run_id), closed_number, closed_at from closed;
--> statement-breakpoint
DROP INDEX "issues_closed";--> statement-breakpoint
DROP INDEX "issues_one_open";--> statement-breakpoint
CREATE UNIQUE INDEX "issues_one_open" ON "issues" USING btree ("district_id","integration_id","collection","key","code",coalesce(field, ''));--> statement-breakpoint
ALTER TABLE "issues" DROP COLUMN "closed_run_id";--> statement-breakpoint
ALTER TABLE "issues" DROP COLUMN "closed_number";--> statement-breakpoint
ALTER TABLE "issues" DROP COLUMN "closed_at";