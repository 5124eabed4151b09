CREATE TABLE "issue_acknowledgements" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"code" text NOT NULL,
	"acknowledged_by" uuid,
	"assigned_to" uuid,
	"reason" text NOT NULL,
	"since" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "issue_acknowledgements_district_id_integration_id_code_pk" PRIMARY KEY("district_id","integration_id","code")
);

--> statement-breakpoint
alter table issue_acknowledgements enable row level security;
--> statement-breakpoint
create policy district on issue_acknowledgements to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, update, delete on issue_acknowledgements to aivo_app;
