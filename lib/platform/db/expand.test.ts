import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import journal from "#drizzle/meta/_journal.json" with { type: "json" };
import { unsafeStatements } from "#lib/platform/testing/unsafe-statements.ts";

/** From here on a migration goes beside the version before (docs/operations.md, "Upgrading"); earlier ones were applied with everything stopped. */
const first = "0040_sessions";

test("every migration expands; what does not says above it why the version before can live with it", () => {
  const tags = journal.entries.map(({ tag }) => tag).sort();
  expect(tags).toContain(first);
  for (const tag of tags.filter((one) => one >= first)) {
    const migration = readFileSync(join(import.meta.dirname, "../../../drizzle", `${tag}.sql`), "utf8");
    expect(unsafeStatements(migration), tag).toEqual([]);
  }
});

test("what would break the version before, or keep a large table from everybody, is found", () => {
  for (const [migration, why] of [
    ['ALTER TABLE "accounts" DROP COLUMN "email";', /drops a column/],
    ["alter table accounts rename column email to address;", /another name/],
    ['DROP TABLE "accounts" CASCADE;', /drops a table/],
    ['ALTER TABLE "accounts" ALTER COLUMN "grade" SET DATA TYPE integer;', /writes a table anew/],
    ['ALTER TABLE "accounts" ALTER COLUMN "email" SET NOT NULL;', /refuses rows/],
    ['ALTER TABLE "accounts" ADD COLUMN "kind" text NOT NULL;', /refuses rows/],
    ['ALTER TABLE "accounts" ADD COLUMN "code" uuid DEFAULT gen_random_uuid( ) NOT NULL;', /worked out for each row/],
    ['ALTER TABLE "accounts" ADD CONSTRAINT "short" CHECK (length(email) < 9);', /reads the whole table/],
    ['CREATE UNIQUE INDEX "one" ON "accounts" USING btree ("email");', /may refuse rows/],
    ['CREATE INDEX "some" ON "accounts" USING btree ("email");', /keeps writes waiting/],
    ["update accounts set email = lower(email);", /writes rows/],
    ["do $$ begin execute format('drop table %I', 'accounts'); end $$;", /drops a table/],
    ["revoke update on accounts from aivo_app;", /takes away/],
  ] as const)
    expect(unsafeStatements(migration), migration).toEqual([expect.objectContaining({ why: expect.stringMatching(why) })]);
});

test("what only adds is let pass, and so is what says why", () => {
  for (const migration of [
    'CREATE TABLE "notes" ("id" uuid);\n--> statement-breakpoint\nCREATE UNIQUE INDEX "one" ON "notes" USING btree ("id");--> statement-breakpoint\nalter table notes add primary key (id);',
    'ALTER TABLE "accounts" ADD COLUMN "note" text;',
    'ALTER TABLE "accounts" ADD COLUMN "is_noted" boolean DEFAULT false NOT NULL;',
    "ALTER TABLE accounts ADD CONSTRAINT short CHECK (length(email) < 9) NOT VALID;",
    "-- Beside the former version: it stopped reading this two versions ago.\nALTER TABLE accounts DROP COLUMN note;",
  ])
    expect(unsafeStatements(migration), migration).toEqual([]);
});
