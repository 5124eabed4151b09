DROP TABLE "external_links" CASCADE;--> statement-breakpoint
DROP TABLE "unresolved_records" CASCADE;--> statement-breakpoint
DROP TABLE "run_issues" CASCADE;