CREATE TABLE "blackouts" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"integration_id" uuid,
	"first_day" date NOT NULL,
	"last_day" date NOT NULL,
	"note" text NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"announced_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	CONSTRAINT "blackouts_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"notice_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"recipient_id" uuid NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"last_attempt_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"answer" text,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "deliveries_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"subject" uuid NOT NULL,
	"integration_id" uuid,
	"run_id" uuid,
	"times" integer DEFAULT 1 NOT NULL,
	"details" jsonb NOT NULL,
	"opened_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"closed_at" timestamp with time zone,
	"closed_run_id" uuid,
	"closed_because" text,
	CONSTRAINT "incidents_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "notice_choices" (
	"district_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"kinds" jsonb NOT NULL,
	CONSTRAINT "notice_choices_district_id_account_id_pk" PRIMARY KEY("district_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"phase" text NOT NULL,
	"incident_id" uuid,
	"integration_id" uuid,
	"run_id" uuid,
	"details" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "notices_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"url" text NOT NULL,
	"secrets" jsonb NOT NULL,
	"previous_until" timestamp with time zone,
	"kinds" jsonb,
	"failing_since" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_endpoints_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
ALTER TABLE "districts" ADD COLUMN "next_digest_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "failures_in_row" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX "blackouts_unannounced" ON "blackouts" USING btree ("first_day") WHERE announced_at is null;--> statement-breakpoint
CREATE INDEX "blackouts_not_over" ON "blackouts" USING btree ("last_day") WHERE ended_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_once" ON "deliveries" USING btree ("district_id","notice_id","recipient_id");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("next_attempt_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "deliveries_lately" ON "deliveries" USING btree ("district_id","last_attempt_at");--> statement-breakpoint
CREATE INDEX "deliveries_recipient" ON "deliveries" USING btree ("district_id","recipient_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "incidents_one_open" ON "incidents" USING btree ("district_id","kind","subject") WHERE closed_at is null;--> statement-breakpoint
CREATE INDEX "incidents_closed" ON "incidents" USING btree ("closed_at") WHERE closed_at is not null;--> statement-breakpoint
CREATE INDEX "notices_old" ON "notices" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "webhook_endpoints_url" ON "webhook_endpoints" USING btree ("district_id","url");--> statement-breakpoint
do $$
declare t text;
begin
  foreach t in array array['blackouts','incidents','notices','deliveries','notice_choices','webhook_endpoints'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert, update, delete on %I to aivo_app', t);
  end loop;
end $$;
