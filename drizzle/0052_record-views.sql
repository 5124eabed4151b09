ALTER TABLE "districts" ADD COLUMN "records_views" boolean DEFAULT false NOT NULL;--> statement-breakpoint
-- Who was shown people's data, by the month of the id's time. Whom they saw is a row for each person beside it, so that what was seen of one person is
-- found by a key: an index into an array would not be used under row-level security, whose conditions come before it.
CREATE TABLE "views" (
	"district_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"door" text NOT NULL,
	"subject" uuid,
	"filter" jsonb,
	"everyone" boolean DEFAULT false NOT NULL,
	"fingerprint" text,
	CONSTRAINT "views_pk" PRIMARY KEY("district_id","id")
) partition by range (id);
--> statement-breakpoint
create table views_default partition of views default with (autovacuum_analyze_scale_factor = 0.01,
  autovacuum_analyze_threshold = 2000, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
CREATE INDEX "views_actor" ON "views" USING btree ("district_id","actor_id","id");--> statement-breakpoint
CREATE TABLE "viewed_people" (
	"district_id" uuid NOT NULL,
	"view_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	CONSTRAINT "viewed_people_pk" PRIMARY KEY("district_id","view_id","person_id")
) partition by range (view_id);
--> statement-breakpoint
CREATE INDEX "viewed_people_person" ON "viewed_people" USING btree ("district_id","person_id","view_id");--> statement-breakpoint
create table viewed_people_default partition of viewed_people default with (autovacuum_analyze_scale_factor = 0.01,
  autovacuum_analyze_threshold = 2000, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05);
--> statement-breakpoint
-- The application adds to them and reads them, through the parents; partitions of the months are made by lib/platform/db/partitions.ts.
do $$
declare t text;
begin
  foreach t in array array['views', 'viewed_people'] loop
    execute format('alter table %I enable row level security', t || '_default');
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert on %I to aivo_app', t);
  end loop;
end $$;
