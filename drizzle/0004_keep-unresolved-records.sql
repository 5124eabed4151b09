CREATE TABLE "unresolved_records" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"collection" text NOT NULL,
	"external_id" text NOT NULL,
	"row" jsonb NOT NULL,
	CONSTRAINT "unresolved_records_district_id_integration_id_collection_external_id_pk" PRIMARY KEY("district_id","integration_id","collection","external_id")
);
--> statement-breakpoint
alter table unresolved_records enable row level security;
--> statement-breakpoint
create policy district on unresolved_records to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, update, delete on unresolved_records to aivo_app;
