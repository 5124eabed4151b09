ALTER TABLE "sync_runs" ADD COLUMN "findings" jsonb;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "measures" jsonb;