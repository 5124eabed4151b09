CREATE TABLE "source_record_changes" (
	"district_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"collection" text NOT NULL,
	"external_id" text COLLATE "C" NOT NULL,
	"record_id" uuid,
	"changes" text[] NOT NULL,
	"before" jsonb,
	CONSTRAINT "source_record_changes_pk" PRIMARY KEY("district_id","run_id","collection","external_id")
) partition by range (run_id);
--> statement-breakpoint
create table source_record_changes_default partition of source_record_changes default with (autovacuum_analyze_scale_factor = 0.01,
  autovacuum_analyze_threshold = 2000, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
alter table source_record_changes enable row level security;
--> statement-breakpoint
-- The application reads partitions through their parent, under its policy; lib/platform/db/partitions.ts makes those of the months.
alter table source_record_changes_default enable row level security;
--> statement-breakpoint
create policy district on source_record_changes to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, update, delete on source_record_changes to aivo_app;
--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "before" jsonb;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "source_change_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "source_record_changes_nobody" ON "source_record_changes" USING btree ("district_id","run_id") WHERE record_id is null and before is not null;--> statement-breakpoint
CREATE INDEX "run_changes_record" ON "run_changes" USING btree ("district_id","record_id") WHERE action <> 'created';--> statement-breakpoint
CREATE INDEX "source_records_withdrawn" ON "source_records" USING btree ("district_id","run_id") WHERE fate = 'withdrawn' and hash is not null;--> statement-breakpoint
-- Of what was withdrawn before there was a mirror, an earlier migration took over what it could not place. From now on content goes with its hash.
update source_records set name = null, number = null, code = null, type = null, class_type = null, role = null, grades = null, subjects = null,
  periods = null, begin_date = null, end_date = null, school_year = null, given_name = null, middle_name = null, family_name = null, email = null,
  username = null, grade = null, student_number = null, course_external_id = null, school_external_id = null, class_external_id = null,
  person_external_id = null, term_external_ids = null, school_external_ids = null, unreadable = null
where fate = 'withdrawn' and hash is null and num_nonnulls(name, number, code, type, class_type, role, grades, subjects, periods, begin_date, end_date,
  school_year, given_name, middle_name, family_name, email, username, grade, student_number, course_external_id, school_external_id, class_external_id,
  person_external_id, term_external_ids, school_external_ids, unreadable) > 0;
