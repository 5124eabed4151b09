ALTER TABLE "sync_runs" ADD COLUMN "changes_version_to" text;
--> statement-breakpoint
-- Whoever has synced by OneRoster so far has by 1.1.
update integrations i set oneroster_version = '1.1'
where provider in ('oneroster-csv', 'oneroster-rest')
  and oneroster_version is null
  and exists (
    select from sync_runs r
    where r.district_id = i.district_id and r.integration_id = i.id and r.state = 'succeeded');
