ALTER TABLE "integrations" ADD COLUMN "paused_by_run_id" uuid;--> statement-breakpoint
ALTER TABLE "run_changes" ADD COLUMN "lifecycle" jsonb;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "undo_of" uuid;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "undoes_from" integer;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "undo_reason" text;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "applied_at" timestamp with time zone;--> statement-breakpoint
CREATE UNIQUE INDEX "sync_runs_one_undo" ON "sync_runs" USING btree ("district_id","undo_of") WHERE undo_of is not null and state in ('queued', 'running', 'applying', 'succeeded');--> statement-breakpoint
CREATE INDEX "sync_runs_taken_back" ON "sync_runs" USING btree ("district_id","integration_id") WHERE undoes_from is not null and state = 'succeeded';