ALTER TABLE "sync_runs" ADD COLUMN "left_out" jsonb;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "expires_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "expired_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "sync_runs_expiring" ON "sync_runs" USING btree ("expires_at") WHERE state = 'held';--> statement-breakpoint
update sync_runs set expires_at = finished_at + interval '7 days' where state = 'held';
