/** What a sync over the wire leaves of when what happened. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { oneRosterRestCredentials } from "#lib/engine/sis/oneroster-rest/credentials.ts";
import { createOneRosterRestSource } from "#lib/engine/sis/oneroster-rest/source.ts";
import { defaultPatience } from "#lib/engine/sis/patience.ts";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { openDistrict } from "#sandbox/district/live.ts";
import { type OneRosterServer, startOneRosterServer } from "#sandbox/oneroster/server.ts";

let database: TestDatabase;
let server: OneRosterServer;
beforeAll(async () => {
  database = await testDatabase();
  server = await startOneRosterServer({ district: openDistrict({ users: 300, seed: 7 }) });
});
afterAll(async () => {
  await server.close();
  await database.close();
});

test("a sync leaves when each step and each list began and ended, how many rows came, and what it waited for", async () => {
  const district = await newDistrict(database.db);
  const integration = await newIntegration(database.db, district);
  const { clientId, clientSecret } = server.credentials;
  const credentials = oneRosterRestCredentials.parse({ baseUrl: server.url, clientId, clientSecret });
  const patience = { ...defaultPatience, wait: (_: number, signal: AbortSignal) => defaultPatience.wait(30, signal) };
  const source = createOneRosterRestSource(credentials, undefined, patience);
  let seen: unknown = null;
  server.control.faults.break({ kind: "status-500", endpoint: "users", times: 1 });
  const run = await syncOnce(
    database.db,
    district,
    integration,
    { rows: {} },
    {
      source: {
        ...source,
        extract: async (context, options) => ({
          ...(await source.extract({ ...context, trustedOrigins: new Set([new URL(server.url).origin]) }, options)),
          renewedCredentials: () => ({ clientSecret: "another" }),
        }),
      },
      // Called as it is written, before it ends.
      keepRenewed: async (tx) => {
        const [row] = await tx.sql`select progress -> 'seen' as seen from sync_runs where district_id = ${district}`;
        seen = row?.seen;
      },
    },
  );
  expect(run.state).toBe("succeeded");
  expect(run.totals?.learner.created).toBeGreaterThan(0);
  expect(seen).toEqual({ issues: run.issueCounts, totals: run.totals });
  const { steps = [], parts = [], waits = [], waitCount } = run.trace ?? {};
  expect(steps.map(({ phase }) => phase)).toEqual(["connect", "read", "normalise", "match", "guard", "apply"]);
  for (const [index, { from, to }] of steps.entries()) {
    expect(to).toBeGreaterThanOrEqual(from);
    expect(from).toBeGreaterThanOrEqual(steps[index - 1]?.to ?? 0);
  }
  expect(parts.map(({ name }) => name)).toEqual(["/orgs", "/academicSessions", "/courses", "/classes", "/users", "/enrollments"]);
  const read = steps[1];
  for (const { spans, rows, of } of parts) {
    expect(spans).toHaveLength(1);
    expect(spans[0]?.from).toBeGreaterThanOrEqual(read?.from ?? Number.NaN);
    expect(spans[0]?.to).toBeLessThanOrEqual(read?.to ?? Number.NaN);
    expect(rows).toBe(of);
  }
  expect(parts.find(({ name }) => name === "/users")?.rows).toBe(run.input?.rows.users);
  expect(waitCount).toBe(1);
  expect(waits).toMatchObject([{ cause: "server-error", part: "/users", rows: 0 }]);
  expect((waits[0]?.to ?? 0) - (waits[0]?.from ?? 0)).toBeGreaterThanOrEqual(25);
});
