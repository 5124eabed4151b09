CREATE TABLE "class_decisions" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"classroom_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"reason" text NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone NOT NULL,
	CONSTRAINT "class_decisions_district_id_integration_id_external_id_classroom_id_pk" PRIMARY KEY("district_id","integration_id","external_id","classroom_id")
);
--> statement-breakpoint
alter table class_decisions enable row level security;
--> statement-breakpoint
create policy district on class_decisions to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, update, delete on class_decisions to aivo_app;
