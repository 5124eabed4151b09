ALTER TABLE "sync_runs" ADD COLUMN "changes_version_to" text;
