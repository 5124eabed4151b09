CREATE TABLE "match_decisions" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"external_id" text NOT NULL,
	"evidence" text NOT NULL,
	"account_id" uuid NOT NULL,
	"verdict" text NOT NULL,
	"reason" text NOT NULL,
	"decided_by" uuid,
	"decided_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "match_decisions_district_id_integration_id_external_id_evidence_pk" PRIMARY KEY("district_id","integration_id","external_id","evidence")
);
--> statement-breakpoint
ALTER TABLE "run_issues" ADD COLUMN "conflict" jsonb;--> statement-breakpoint
alter table match_decisions enable row level security;
--> statement-breakpoint
create policy district on match_decisions to aivo_app
  using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
  with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid));
--> statement-breakpoint
grant select, insert, update, delete on match_decisions to aivo_app;
