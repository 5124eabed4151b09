CREATE TABLE "api_clients" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"secret_hash" text NOT NULL,
	"hint" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_by" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "api_clients_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "api_rates" (
	"district_id" uuid NOT NULL,
	"subject" uuid NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"requests" integer NOT NULL,
	CONSTRAINT "api_rates_district_id_subject_pk" PRIMARY KEY("district_id","subject")
);
--> statement-breakpoint
CREATE TABLE "api_answers" (
	"district_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer,
	"sealed_answer" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "api_answers_district_id_client_id_key_pk" PRIMARY KEY("district_id","client_id","key")
);
--> statement-breakpoint
CREATE UNIQUE INDEX "api_clients_secret" ON "api_clients" USING btree ("district_id","secret_hash");--> statement-breakpoint
CREATE INDEX "api_answers_old" ON "api_answers" USING btree ("created_at");--> statement-breakpoint
do $$
declare t text;
begin
  foreach t in array array['api_clients', 'api_rates', 'api_answers'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert, update, delete on %I to aivo_app', t);
  end loop;
end $$;
