/** A OneRoster server that states no total and leaves somebody out: nobody is withdrawn for it, unless an admin says so. */
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createOneRosterRestSource } from "#lib/engine/sis/oneroster-rest/source.ts";
import type { Source } from "#lib/engine/sis/source.ts";
import { impatience, serveJson } from "#lib/engine/testing/sis/rest.ts";
import { newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import { holdsEverything } from "#lib/roster/testing/safety.ts";

let database: TestDatabase;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
afterAll(() => database.close());

const active = { status: "active", dateLastModified: "2026-08-01T10:11:12Z" };
const lists: Readonly<Record<string, readonly { readonly sourcedId: string }[]>> = {
  orgs: [{ sourcedId: "s1", ...active, name: "North", type: "school" } as { sourcedId: string }],
  academicSessions: [],
  courses: [],
  classes: [{ sourcedId: "c1", ...active, title: "Algebra", school: { sourcedId: "s1" }, terms: [] } as { sourcedId: string }],
  users: Array.from({ length: 60 }, (_, index) => ({
    sourcedId: `p${index}`,
    ...active,
    role: "student",
    username: `p${index}`,
    givenName: "Given",
    familyName: `Family ${index}`,
    identifier: String(index),
    orgs: [{ sourcedId: "s1" }],
    grades: ["03"],
  })),
  enrollments: [],
};

/** Understands no filter, states nothing, and drops `hidden` after it has cut a page. */
async function district() {
  const hidden = new Set<string>();
  const server = await serveJson((_request, url) => {
    if (url.pathname === "/token") return { body: { access_token: "t", expires_in: 3600 } };
    if (url.searchParams.has("filter")) return { status: 400 };
    const name = url.pathname.split("/").at(-1) ?? "";
    const offset = Number(url.searchParams.get("offset"));
    const page = (lists[name] ?? []).slice(offset, offset + Math.min(37, Number(url.searchParams.get("limit"))));
    return { body: { [name]: page.filter(({ sourcedId }) => !hidden.has(sourcedId)) } };
  });
  open.push(server);
  const rest = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  const source: Source = {
    ...rest,
    extract: (context, options) => rest.extract({ ...context, trustedOrigins: new Set([server.url]) }, options),
  };
  const districtId = await newDistrict(database.db);
  const integration = await newIntegration(database.db, districtId, holdsEverything);
  const roster = async () => {
    const rows = await database.db.sql<{ status: string; count: number }[]>`
      select status, count(*)::int as count from accounts where district_id = ${districtId} group by status`;
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  };
  const sync = (options = {}) => syncOnce(database.db, districtId, integration, { rows: {} }, { source, ...options });
  return { hidden, roster, sync };
}

test("somebody who is hidden inside a page is not withdrawn: the sync waits, and says why", async () => {
  const { hidden, roster, sync } = await district();
  expect((await sync()).state).toBe("succeeded");
  expect(await roster()).toEqual({ active: 60 });
  hidden.add("p5");
  const held = await sync();
  expect(held.state).toBe("held");
  expect(held.heldBecause?.join()).toContain(
    "The list of users is shorter than what Aivo has: 1 would go and 0 come. The SIS states no total",
  );
  expect(await roster()).toEqual({ active: 60 });
  hidden.clear();
  expect((await sync()).state).toBe("succeeded");
  expect(await roster()).toEqual({ active: 60 });
});

test("what an admin approves is withdrawn, and the next sync is quiet", async () => {
  const { hidden, roster, sync } = await district();
  await sync();
  hidden.add("p5");
  const held = await sync();
  expect((await sync({ kind: "approval", planRunId: held.id })).state).toBe("succeeded");
  expect(await roster()).toEqual({ active: 59, deactivated: 1 });
  expect((await sync()).state).toBe("succeeded");
});
