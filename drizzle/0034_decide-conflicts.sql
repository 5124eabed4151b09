ALTER TABLE "match_decisions" ALTER COLUMN "account_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "position" integer;--> statement-breakpoint
ALTER TABLE "integrations" ADD COLUMN "positions" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "match_decisions" ADD COLUMN "account_ids" uuid[];--> statement-breakpoint
ALTER TABLE "match_decisions" ADD COLUMN "taken_back_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "match_decisions_latest" ON "match_decisions" USING btree ("district_id","decided_at") WHERE taken_back_at is null;