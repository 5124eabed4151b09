CREATE TABLE "kept_values" (
	"district_id" uuid NOT NULL,
	"record_id" uuid NOT NULL,
	"field" text NOT NULL,
	"entity" text NOT NULL,
	"value" jsonb NOT NULL,
	"sis_value" jsonb NOT NULL,
	"edited_by" uuid,
	"edited_at" timestamp with time zone NOT NULL,
	CONSTRAINT "kept_values_district_id_record_id_field_pk" PRIMARY KEY("district_id","record_id","field")
);
--> statement-breakpoint
CREATE TABLE "record_edits" (
	"district_id" uuid NOT NULL,
	"record_id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "record_edits_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"entity" text NOT NULL,
	"action" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"reason" text,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"run_id" uuid,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"roster_revision" bigint NOT NULL,
	CONSTRAINT "record_edits_district_id_record_id_seq_pk" PRIMARY KEY("district_id","record_id","seq")
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD COLUMN "barred_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "classrooms" ADD COLUMN "deactivated_by" text;--> statement-breakpoint
CREATE INDEX "kept_values_claims" ON "kept_values" USING btree ("district_id","field") WHERE field in ('email', 'student_number');--> statement-breakpoint
CREATE INDEX "record_edits_run" ON "record_edits" USING btree ("district_id","run_id") WHERE run_id is not null;--> statement-breakpoint
create table waiting.kept_news (
  district_id uuid not null, run_id uuid not null, entity text not null, record_id uuid not null, field text not null,
  before jsonb, after jsonb);
--> statement-breakpoint
create index on waiting.kept_news (district_id, run_id);
--> statement-breakpoint
do $$
declare t text;
begin
  foreach t in array array['kept_values', 'record_edits', 'waiting.kept_news'] loop
    execute format('alter table %s enable row level security', t);
    execute format($p$create policy district on %s to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert, update, delete on kept_values to aivo_app;
--> statement-breakpoint
-- The history by hand is emptied with the person, by the retention job alone.
grant select, insert on record_edits to aivo_app;
--> statement-breakpoint
grant select, insert, delete on waiting.kept_news to aivo_app;
