-- People whose roles are told apart from them (OneRoster 1.2).
ALTER TABLE "integrations" ADD COLUMN "oneroster_version" text;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "reading_rules" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "planned_on" date;--> statement-breakpoint
ALTER TABLE "source_records" ADD COLUMN "roles_apart" boolean;--> statement-breakpoint
ALTER TABLE "source_records" ADD COLUMN "master_id" text;--> statement-breakpoint
ALTER TABLE "source_records" ADD COLUMN "person_keys" text[];--> statement-breakpoint
ALTER TABLE "source_records" ADD COLUMN "legacy_id" text collate "C";--> statement-breakpoint
ALTER TABLE "source_records" ADD COLUMN "primary_org_external_id" text collate "C";--> statement-breakpoint
-- Beside the former version: none of its rows is in these; each reads the table once, and syncs wait for that to apply.
CREATE INDEX "source_records_roles" ON "source_records" USING btree ("district_id","integration_id","person_external_id") WHERE collection = 'roles';--> statement-breakpoint
-- Beside the former version: as above.
CREATE INDEX "source_records_roles_begin" ON "source_records" USING btree ("district_id","integration_id","begin_date") WHERE collection = 'roles' and begin_date is not null;--> statement-breakpoint
-- Beside the former version: as above.
CREATE INDEX "source_records_roles_end" ON "source_records" USING btree ("district_id","integration_id","end_date") WHERE collection = 'roles' and end_date is not null;--> statement-breakpoint
-- Beside the former version: as above.
CREATE INDEX "source_records_master_id" ON "source_records" USING btree ("district_id","integration_id","master_id") WHERE master_id is not null;--> statement-breakpoint
-- Beside the former version: as above.
CREATE INDEX "source_records_person_keys" ON "source_records" USING gin ("person_keys") WHERE person_keys is not null;--> statement-breakpoint
alter table waiting.users add column number text, add column grades text[], add column roles_apart boolean, add column master_id text,
  add column person_keys text[], add column legacy_id text, add column primary_org_external_id text, add column standing text,
  add column standing_reason text, add column keeps_schools boolean, add column goes_with text collate "C";--> statement-breakpoint
create table waiting.roles (
  district_id uuid not null, run_id uuid not null, external_id text collate "C" not null, part text not null,
  position int not null, hash bigint, said text not null default 'new', person_external_id text, role text, type text,
  school_external_id text, begin_date date, end_date date, out_of_scope text, standing text, standing_reason text);
--> statement-breakpoint
create index roles_plan on waiting.roles (district_id, run_id);
--> statement-breakpoint
alter table waiting.roles enable row level security;
--> statement-breakpoint
create policy district on waiting.roles to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, delete on waiting.roles to aivo_app;
