CREATE TABLE "audit_destinations" (
	"destination" text PRIMARY KEY NOT NULL,
	"lease" uuid,
	"leased_until" timestamp with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT now() NOT NULL,
	"succeeded_at" timestamp with time zone,
	"failed_with" text
);
--> statement-breakpoint
-- Enabled without a policy: of no district, so no district's role may see it.
ALTER TABLE "audit_destinations" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "audit_cursors" (
	"district_id" uuid NOT NULL,
	"destination" text NOT NULL,
	"seq" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "audit_cursors_district_id_destination_pk" PRIMARY KEY("district_id","destination")
);
--> statement-breakpoint
CREATE TABLE "act_rates" (
	"district_id" uuid NOT NULL,
	"subject" text NOT NULL,
	"window_started_at" timestamp with time zone NOT NULL,
	"acts" integer NOT NULL,
	CONSTRAINT "act_rates_district_id_subject_pk" PRIMARY KEY("district_id","subject")
);
--> statement-breakpoint
CREATE TABLE "sign_in_sprays" (
	"key" text PRIMARY KEY NOT NULL,
	"pattern" text NOT NULL,
	"tried" text[] NOT NULL,
	"districts" uuid[] NOT NULL,
	"told" uuid[] DEFAULT '{}' NOT NULL,
	"window_started_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "sign_in_sprays" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
do $$
declare t text;
begin
  foreach t in array array['audit_cursors', 'act_rates'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select on %I to aivo_app', t);
  end loop;
  grant insert, update on act_rates to aivo_app;
end $$;
