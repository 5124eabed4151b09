CREATE INDEX "accounts_family_name" ON "accounts" USING btree ("district_id",family_name collate "und-x-icu");--> statement-breakpoint
CREATE INDEX "accounts_given_name" ON "accounts" USING btree ("district_id",given_name collate "und-x-icu");--> statement-breakpoint
CREATE INDEX "accounts_compound" ON "accounts" USING btree ("district_id") WHERE family_name ~ '[ -]' or given_name ~ '[ -]';