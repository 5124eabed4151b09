CREATE TABLE "authenticator_apps" (
	"district_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"sealed_secret" text NOT NULL,
	"last_time_step" bigint,
	"created_at" timestamp with time zone NOT NULL,
	"added_at" timestamp with time zone,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "authenticator_apps_district_id_account_id_pk" PRIMARY KEY("district_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"account_id" uuid NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" text NOT NULL,
	"counter" bigint NOT NULL,
	"transports" text[] NOT NULL,
	"name" text NOT NULL,
	"added_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "passkeys_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "recovery_codes" (
	"district_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"code_hash" text NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	CONSTRAINT "recovery_codes_district_id_account_id_code_hash_pk" PRIMARY KEY("district_id","account_id","code_hash")
);
--> statement-breakpoint
ALTER TABLE "districts" ADD COLUMN "requires_second_factor" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "confirmed_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "challenge" text;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "challenge_ends_at" timestamp with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "passkeys_credential" ON "passkeys" USING btree ("district_id","credential_id");--> statement-breakpoint
CREATE INDEX "passkeys_account" ON "passkeys" USING btree ("district_id","account_id");
--> statement-breakpoint
do $$
declare t text;
begin
  foreach t in array array['authenticator_apps', 'passkeys', 'recovery_codes'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert, update, delete on %I to aivo_app', t);
  end loop;
end $$;
