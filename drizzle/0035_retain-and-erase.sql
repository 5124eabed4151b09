CREATE TABLE "barred_ids" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"id" uuid NOT NULL,
	"reason" text NOT NULL,
	"barred_by" uuid,
	"barred_at" timestamp with time zone NOT NULL,
	CONSTRAINT "barred_ids_district_id_integration_id_hash_pk" PRIMARY KEY("district_id","integration_id","hash")
);
--> statement-breakpoint
CREATE TABLE "deleted_districts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"reason" text NOT NULL,
	"began_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"rows" jsonb NOT NULL,
	"audit_entries" bigint NOT NULL,
	"audit_hash" text
);
--> statement-breakpoint
CREATE TABLE "retention_holds" (
	"district_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"held_by" uuid,
	"held_at" timestamp with time zone NOT NULL,
	CONSTRAINT "retention_holds_district_id_account_id_pk" PRIMARY KEY("district_id","account_id")
);
--> statement-breakpoint
ALTER TABLE "districts" ADD COLUMN "suspended_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "districts" ADD COLUMN "deleting_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "districts" ADD COLUMN "barring_key" text;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "disconnect_reason" text;--> statement-breakpoint
CREATE INDEX "barred_ids_listed" ON "barred_ids" USING btree ("district_id","barred_at");
--> statement-breakpoint
do $$
declare t text;
begin
  foreach t in array array['retention_holds', 'barred_ids'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert, update, delete on %I to aivo_app', t);
  end loop;
end $$;
--> statement-breakpoint
-- The operator's alone: no policy, no grant.
alter table deleted_districts enable row level security;
--> statement-breakpoint
-- An audit log ends with its district, and only then: whoever deletes one says so in the transaction (lib/services/districts/delete.ts).
create or replace function audit_entries_are_final() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('aivo.deletes_district', true) = 'yes' then return null; end if;
  raise exception 'audit entries are append-only' using errcode = 'insufficient_privilege';
end $$;
