ALTER TABLE "sync_runs" ADD COLUMN "left_out" jsonb;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "expired_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "trace" jsonb;--> statement-breakpoint
CREATE INDEX "accounts_family_name" ON "accounts" USING btree ("district_id",family_name collate "und-x-icu");--> statement-breakpoint
CREATE INDEX "accounts_given_name" ON "accounts" USING btree ("district_id",given_name collate "und-x-icu");--> statement-breakpoint
CREATE INDEX "accounts_compound" ON "accounts" USING btree ("district_id") WHERE family_name || given_name ~ '[^[:alpha:]]';--> statement-breakpoint
CREATE INDEX "sync_runs_expiring" ON "sync_runs" USING btree ("expires_at") WHERE state = 'held';--> statement-breakpoint
CREATE INDEX "source_records_family_name" ON "source_records" USING btree ("district_id",family_name collate "und-x-icu") WHERE collection = 'users' and fate <> 'rostered' and family_name is not null;--> statement-breakpoint
CREATE INDEX "source_records_given_name" ON "source_records" USING btree ("district_id",given_name collate "und-x-icu") WHERE collection = 'users' and fate <> 'rostered' and given_name is not null;--> statement-breakpoint
update sync_runs set expires_at = finished_at + interval '7 days' where state = 'held';