ALTER TABLE "run_issues" ADD COLUMN "dependents" integer;--> statement-breakpoint
ALTER TABLE "sync_runs" ADD COLUMN "issue_counts" jsonb;