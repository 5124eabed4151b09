CREATE TABLE "sign_in_throttles" (
	"key" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"window_started_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
-- Enabled without a policy: of no district, so no district's role may see it.
ALTER TABLE "sign_in_throttles" ENABLE ROW LEVEL SECURITY;
