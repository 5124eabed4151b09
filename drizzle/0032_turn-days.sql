CREATE TABLE "school_days" (
	"district_id" uuid NOT NULL,
	"day" date NOT NULL,
	"previous_day" date NOT NULL,
	"classrooms_began" integer DEFAULT 0 NOT NULL,
	"classrooms_ended" integer DEFAULT 0 NOT NULL,
	"memberships_began" integer DEFAULT 0 NOT NULL,
	"memberships_ended" integer DEFAULT 0 NOT NULL,
	"terms" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"noted_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "school_days_district_id_day_pk" PRIMARY KEY("district_id","day")
);
--> statement-breakpoint
CREATE TABLE "turned_classrooms" (
	"district_id" uuid NOT NULL,
	"classroom_id" uuid NOT NULL,
	"day" date NOT NULL,
	"turn" text NOT NULL,
	CONSTRAINT "turned_classrooms_district_id_day_classroom_id_turn_pk" PRIMARY KEY("district_id","day","classroom_id","turn")
);
--> statement-breakpoint
do $$
declare t text;
begin
  foreach t in array array['school_days','turned_classrooms'] loop
    execute format('alter table %I enable row level security', t);
    execute format($p$create policy district on %I to aivo_app
      using (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))
      with check (district_id = (select nullif(current_setting('aivo.district_id', true), '')::uuid))$p$, t);
    execute format('grant select, insert, update on %I to aivo_app', t);
  end loop;
end $$;
