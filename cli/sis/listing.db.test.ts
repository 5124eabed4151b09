import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { startSis } from "./testing.ts";

const { services, database, variables, close } = await testServices();
afterAll(close);

/** What a district of some 6,000 learners has in its first sync; `npm run test:loads` lists a million. */
const count = Number(process.env.AIVO_LISTED ?? 50_000);
const isWhole = process.env.AIVO_LISTED !== undefined;
/** Enough for any command, and not for that many rows. */
const smallHeap = ["--max-old-space-size=48"];

const districtId = await newDistrict(services.db);
const { id: integrationId } = await addIntegration(services, operatorScope(districtId), {
  name: "North SIS",
  provider: "oneroster-csv",
  credentials: someCredentials,
  schedule: null,
});
const [run] = await services.db.orm
  .insert(syncRuns)
  .values({ districtId, integrationId, trigger: "manual", state: "succeeded" })
  .returning({ id: syncRuns.id });
const runId = run?.id ?? "";
await services.db.sql`
  insert into run_changes (district_id, run_id, entity, action, record_id, external_id, reason, before, after)
  select ${districtId}, ${runId}, 'learner', 'updated', uuidv7(), 'S' || n, 'changed in the SIS', '{"grade": "03"}', '{"grade": "04"}'
  from generate_series(1, ${count}) n`;
await services.db.sql`
  insert into issues (district_id, integration_id, run_id, opened_run_id, opened_number, is_read, code, severity, collection, key, external_id, source_part, source_position, field, kept)
  select ${districtId}, ${integrationId}, ${runId}, ${runId}, 1, true, 'email-missing', 'notice', 'users', 'S' || n, 'S' || n, 'users.csv', n, 'email', 'kept without an email address'
  from generate_series(1, ${count}) n`;

const changes = { command: "changes", last: `learner  updated  S${count}` };
const issues = { command: "issues", last: `new    users.csv:${count}  S${count}` };

// One list in each form, or both in both with `npm run test:loads`.
test.each(isWhole ? [changes, issues] : [changes])(
  "all $command are printed in little memory, each on a line",
  async ({ command, last }) => {
    const printed = startSis(variables, smallHeap, "sync", command, runId);
    const stderr = text(printed.stderr);
    let rows = 0;
    let line = "";
    for await (line of createInterface({ input: printed.stdout })) rows += /\bS\d+\b/.test(line) ? 1 : 0;
    expect([rows, await stderr]).toEqual([count, ""]);
    expect(line).toContain(last);
  },
);

test.each(isWhole ? ["changes", "issues"] : ["issues"])("all %s are one JSON document, printed in little memory", async (command) => {
  const printed = startSis(variables, smallHeap, "--json", "sync", command, runId);
  const document = JSON.parse(await text(printed.stdout));
  expect(document.runId).toBe(runId);
  expect(document[command]).toHaveLength(count);
  expect(document[command].at(-1)).toMatchObject({ externalId: `S${count}` });
});

test("a reader that has seen enough ends the command, which is no failure", async () => {
  const printed = startSis(variables, [], "sync", "changes", runId);
  const stderr = text(printed.stderr);
  await once(printed.stdout, "data");
  printed.stdout.destroy();
  expect(await once(printed, "exit")).toEqual([0, null]);
  expect(await stderr).toBe("");
});

test("a database that goes away in the middle leaves a document that says so", async () => {
  const printed = startSis(variables, [], "--json", "sync", "changes", runId);
  const chunks: Buffer[] = [];
  const closed = once(printed, "close");
  // Nobody reads on, so the command waits with most of its rows unread.
  printed.stdout.once("data", () => printed.stdout.pause());
  printed.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(printed.stdout, "data");
  // Cut alone, it would be met again by the next part, and the document would be whole.
  const bringBack = await database.takeAway("aivo-sis");
  printed.stdout.resume();
  const [exitCode] = await closed.finally(bringBack);
  const document = JSON.parse(Buffer.concat(chunks).toString());
  expect(exitCode).toBe(1);
  expect(document.error).toMatchObject({ code: "database" });
  expect(document.changes.length).toBeLessThan(count);
});
