CREATE TABLE "audit_entries" (
	"district_id" uuid NOT NULL,
	"seq" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"action" text NOT NULL,
	"target_kind" text NOT NULL,
	"target_id" text,
	"details" jsonb NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "audit_entries_district_id_seq_pk" PRIMARY KEY("district_id","seq")
);
--> statement-breakpoint
CREATE TABLE "districts" (
	"id" uuid PRIMARY KEY DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"timezone" text NOT NULL,
	"retention_days" integer DEFAULT 365 NOT NULL,
	"roster_revision" bigint DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "external_links" (
	"district_id" uuid NOT NULL,
	"integration_id" uuid NOT NULL,
	"entity" text NOT NULL,
	"external_id" text NOT NULL,
	"record_id" uuid NOT NULL,
	"rostered" boolean DEFAULT true NOT NULL,
	"matched_by" text NOT NULL,
	"run_id" uuid NOT NULL,
	"source_part" text,
	"source_position" integer,
	"linked_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "external_links_district_id_integration_id_entity_external_id_pk" PRIMARY KEY("district_id","integration_id","entity","external_id")
);
--> statement-breakpoint
CREATE TABLE "integrations" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"provider" text NOT NULL,
	"config" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"secrets" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"schedule" text,
	"safety" jsonb NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"cursor" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "integrations_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"role" text NOT NULL,
	"given_name" text NOT NULL,
	"family_name" text NOT NULL,
	"email" text,
	"username" text,
	"grade" text,
	"student_number" text,
	"school_ids" uuid[] DEFAULT '{}' NOT NULL,
	"password_hash" text,
	"deactivated_by" text,
	"session_epoch" integer DEFAULT 0 NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deactivated_at" timestamp with time zone,
	CONSTRAINT "accounts_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "classrooms" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"code" text,
	"class_type" text DEFAULT 'scheduled' NOT NULL,
	"subjects" text[] DEFAULT '{}' NOT NULL,
	"grades" text[] DEFAULT '{}' NOT NULL,
	"periods" text[] DEFAULT '{}' NOT NULL,
	"course_id" uuid,
	"school_id" uuid NOT NULL,
	"term_ids" uuid[] DEFAULT '{}' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deactivated_at" timestamp with time zone,
	CONSTRAINT "classrooms_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "courses" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"code" text,
	"subjects" text[] DEFAULT '{}' NOT NULL,
	"grades" text[] DEFAULT '{}' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deactivated_at" timestamp with time zone,
	CONSTRAINT "courses_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"classroom_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"role" text NOT NULL,
	"begin_date" date,
	"end_date" date,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deactivated_at" timestamp with time zone,
	CONSTRAINT "memberships_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "schools" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"number" text,
	"grades" text[] DEFAULT '{}' NOT NULL,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deactivated_at" timestamp with time zone,
	CONSTRAINT "schools_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "terms" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"begin_date" date NOT NULL,
	"end_date" date NOT NULL,
	"school_year" integer,
	"status" text DEFAULT 'active' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"deactivated_at" timestamp with time zone,
	CONSTRAINT "terms_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE TABLE "run_changes" (
	"district_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "run_changes_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"entity" text NOT NULL,
	"action" text NOT NULL,
	"record_id" uuid NOT NULL,
	"external_id" text,
	"reason" text NOT NULL,
	"before" jsonb,
	"after" jsonb,
	CONSTRAINT "run_changes_district_id_run_id_seq_pk" PRIMARY KEY("district_id","run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "run_issues" (
	"district_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "run_issues_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"code" text NOT NULL,
	"severity" text NOT NULL,
	"collection" text NOT NULL,
	"external_id" text,
	"source_part" text NOT NULL,
	"source_position" integer NOT NULL,
	"field" text,
	"value" text,
	"kept" text NOT NULL,
	"record_ids" uuid[],
	CONSTRAINT "run_issues_district_id_run_id_seq_pk" PRIMARY KEY("district_id","run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "sync_runs" (
	"district_id" uuid NOT NULL,
	"id" uuid DEFAULT uuidv7() NOT NULL,
	"integration_id" uuid NOT NULL,
	"kind" text DEFAULT 'sync' NOT NULL,
	"plan_run_id" uuid,
	"trigger" text NOT NULL,
	"requested_by" uuid,
	"state" text DEFAULT 'queued' NOT NULL,
	"progress" jsonb,
	"cancel_requested" boolean DEFAULT false NOT NULL,
	"worker_id" text,
	"heartbeat_at" timestamp with time zone,
	"queued_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"totals" jsonb,
	"failure" jsonb,
	"held_because" jsonb,
	"timeline" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"input" jsonb,
	"fingerprint" text,
	"same_as_run_id" uuid,
	"roster_revision" bigint,
	"issue_count" integer DEFAULT 0 NOT NULL,
	"change_count" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "sync_runs_district_id_id_pk" PRIMARY KEY("district_id","id")
);
--> statement-breakpoint
CREATE INDEX "external_links_record" ON "external_links" USING btree ("district_id","record_id");--> statement-breakpoint
CREATE INDEX "accounts_email" ON "accounts" USING btree ("district_id","email");--> statement-breakpoint
CREATE INDEX "accounts_student_number" ON "accounts" USING btree ("district_id","student_number");--> statement-breakpoint
CREATE INDEX "accounts_name" ON "accounts" USING btree ("district_id","role","family_name","given_name","id");--> statement-breakpoint
CREATE INDEX "classrooms_school" ON "classrooms" USING btree ("district_id","school_id");--> statement-breakpoint
CREATE UNIQUE INDEX "memberships_classroom_account" ON "memberships" USING btree ("district_id","classroom_id","account_id");--> statement-breakpoint
CREATE INDEX "memberships_account" ON "memberships" USING btree ("district_id","account_id");--> statement-breakpoint
CREATE INDEX "run_issues_code" ON "run_issues" USING btree ("district_id","run_id","code","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "sync_runs_one_active" ON "sync_runs" USING btree ("integration_id") WHERE state in ('queued', 'running', 'applying');--> statement-breakpoint
CREATE INDEX "sync_runs_history" ON "sync_runs" USING btree ("district_id","integration_id","queued_at");