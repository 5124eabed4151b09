ALTER TABLE "integrations" ADD COLUMN "scope" jsonb;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "from_memory" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "source_records" ADD COLUMN "out_of_scope_since" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "source_records_out_of_scope" ON "source_records" USING btree ("district_id","integration_id","collection") WHERE out_of_scope_since is not null;--> statement-breakpoint
-- Of a plan that waits for an admin what is out of scope.
do $$
declare t text;
begin
  foreach t in array array['orgs', 'sessions', 'courses', 'classes', 'users', 'enrollments'] loop
    execute format('alter table waiting.%s add column out_of_scope text', t);
  end loop;
end $$;
--> statement-breakpoint
alter table waiting.ended_links add column by_scope boolean not null default false;
