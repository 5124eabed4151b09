CREATE TABLE "authorization_requests" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"integration_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"state_hash" text NOT NULL,
	"browser_hash" text NOT NULL,
	"redirect_uri" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "authorization_requests_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "authorization_requests_state" ON "authorization_requests" USING btree ("district_id","state_hash");
--> statement-breakpoint
alter table authorization_requests enable row level security;
--> statement-breakpoint
create policy district on authorization_requests to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, update, delete on authorization_requests to aivo_app;
