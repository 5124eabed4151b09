CREATE TABLE "identities" (
	"district_id" uuid NOT NULL,
	"provider_id" uuid NOT NULL,
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"account_id" uuid NOT NULL,
	"bound_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL,
	CONSTRAINT "identities_district_id_provider_id_issuer_subject_pk" PRIMARY KEY("district_id","provider_id","issuer","subject")
);
--> statement-breakpoint
CREATE TABLE "identity_domains" (
	"district_id" uuid NOT NULL,
	"domain" text NOT NULL,
	CONSTRAINT "identity_domains_district_id_domain_pk" PRIMARY KEY("district_id","domain")
);
--> statement-breakpoint
CREATE TABLE "identity_providers" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"preset" text NOT NULL,
	"label" text NOT NULL,
	"issuer" text NOT NULL,
	"client_id" text NOT NULL,
	"secrets" jsonb NOT NULL,
	"tenant" text,
	"match_by" text NOT NULL,
	"integration_id" uuid,
	"sis_id_claim" text,
	"proven_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "identity_providers_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "identity_requests" (
	"district_id" uuid NOT NULL,
	"state_hash" text NOT NULL,
	"browser_hash" text NOT NULL,
	"provider_id" uuid NOT NULL,
	"return_to" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "identity_requests_district_id_state_hash_pk" PRIMARY KEY("district_id","state_hash")
);
--> statement-breakpoint
ALTER TABLE "districts" ADD COLUMN "own_accounts_only_since" timestamp with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "identities_account" ON "identities" USING btree ("district_id","account_id","provider_id");--> statement-breakpoint
CREATE INDEX "identity_domains_domain" ON "identity_domains" USING btree ("domain");--> statement-breakpoint
CREATE UNIQUE INDEX "identity_providers_client" ON "identity_providers" USING btree ("district_id","issuer","client_id");--> statement-breakpoint
CREATE INDEX "identity_requests_expired" ON "identity_requests" USING btree ("expires_at");
--> statement-breakpoint
do $$
declare t text;
begin
  foreach t in array array['identity_providers', 'identities', 'identity_domains', 'identity_requests'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert, update, delete on %I to aivo_app', t);
  end loop;
end $$;
