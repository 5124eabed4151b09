ALTER TABLE "sync_runs" ADD COLUMN "number" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
update sync_runs r set number = n.number
from (select district_id, id, row_number() over (partition by district_id, integration_id order by queued_at, id) as number from sync_runs) n
where r.district_id = n.district_id and r.id = n.id;--> statement-breakpoint
CREATE UNIQUE INDEX "sync_runs_number" ON "sync_runs" USING btree ("district_id","integration_id","number");--> statement-breakpoint
-- In the insert, however many rows it has. Two runs of one integration are never inserted at once: sync_runs_one_active lets the second
-- wait for the first one's commit and yields then.
create function number_sync_run() returns trigger language plpgsql as $$
begin
  new.number := 1 + coalesce((
    select max(number) from sync_runs where district_id = new.district_id and integration_id = new.integration_id), 0);
  return new;
end $$;
--> statement-breakpoint
create trigger number_sync_run before insert on sync_runs for each row execute function number_sync_run();
