CREATE INDEX "views_everyone" ON "views" USING btree ("district_id","id") WHERE "views"."everyone";
