CREATE TABLE "withheld_records" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"entity" text NOT NULL,
	"external_id" text COLLATE "C" NOT NULL,
	"field" text NOT NULL,
	"record_id" uuid NOT NULL,
	"cause" text NOT NULL,
	"follows" uuid,
	"opened_run_id" uuid NOT NULL,
	"opened_at" timestamp with time zone DEFAULT now() NOT NULL,
	"approved_run_id" uuid,
	"refused_at" timestamp with time zone,
	"decided_by" uuid,
	"reason" text,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "withheld_records_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	CONSTRAINT "withheld_records_pk" PRIMARY KEY("district_id","integration_id","entity","external_id","field")
);
--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "withheld_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "withheld_opened" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "withheld_records_record" ON "withheld_records" USING btree ("district_id","record_id");--> statement-breakpoint
CREATE INDEX "withheld_records_waiting" ON "withheld_records" USING btree ("district_id","integration_id","opened_at") WHERE follows is null and refused_at is null;--> statement-breakpoint
alter table withheld_records enable row level security;
--> statement-breakpoint
create policy district on withheld_records to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, update, delete on withheld_records to aivo_app;
--> statement-breakpoint
-- Of a plan that waits for an admin what it leaves out.
create table waiting.withheld (
  district_id uuid not null, run_id uuid not null, entity text not null, external_id text collate "C" not null,
  record_id uuid not null, field text not null, cause text not null, follows uuid);
--> statement-breakpoint
create index on waiting.withheld (district_id, run_id);
--> statement-breakpoint
alter table waiting.withheld enable row level security;
--> statement-breakpoint
create policy district on waiting.withheld to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, delete on waiting.withheld to aivo_app;
