import { afterAll, expect, test } from "vitest";
import { operatorScope, requireSelf } from "#lib/platform/access.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import {
  endSessions,
  findSession,
  forgetOldSessions,
  listSessions,
  loadSession,
  type SessionKey,
  sessionLimits,
  signOut,
} from "./sessions.ts";
import { signIn } from "./sign-in.ts";
import { createAdmin } from "./write.ts";

const clock = { now: new Date("2026-11-03T12:00:00Z") };
const { services, close } = await testServices({ now: () => clock.now });
afterAll(close);

const minute = 60_000;
const later = (ms: number) => {
  clock.now = new Date(clock.now.getTime() + ms);
};

const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
let people = 0;

/** An admin of a district of their own, and a way for them to sign in. */
async function admin() {
  const scope = operatorScope(await newDistrict(services.db));
  const email = `session${++people}@example.org`;
  const { id, password } = await createAdmin(services, scope, { email, password: "seven harbors in the rain" });
  const signedIn = async (userAgent = windows): Promise<SessionKey> => {
    const result = await signIn(services, { email, password, address: "198.51.100.77", userAgent });
    if (!result.ok) throw new Error(result.reason);
    return result.session;
  };
  return { id, scope, signedIn, own: requireSelf({ kind: "account", accountId: id, districtId: scope.districtId, role: "admin" }) };
}

const actionsOf = async (districtId: string) =>
  (await services.db.sql<{ action: string }[]>`select action from audit_entries where district_id = ${districtId} order by seq`).map(
    ({ action }) => action,
  );

test("a session is known by its token, of which the database has only the hash, and by no other", async () => {
  const { scope, signedIn } = await admin();
  const key = await signedIn();
  expect(await loadSession(services, key)).toMatchObject({ kind: "account", districtId: scope.districtId });
  const [row] = await services.db.sql`select * from sessions where district_id = ${scope.districtId}`;
  expect(Object.values(row ?? {})).not.toContain(key.token);
  for (const wrong of [
    { ...key, token: `${key.token}x` },
    { ...key, token: "" },
    { ...key, token: String(row?.token_hash) },
    { ...key, districtId: "somewhere" },
    { ...key, districtId: (await admin()).scope.districtId },
  ])
    expect(await loadSession(services, wrong)).toBeNull();
});

test("with a session it is known whose it is, and where", async () => {
  const scope = operatorScope(await newDistrict(services.db, { name: "North", timezone: "America/Denver" }));
  const email = `session${++people}@example.org`;
  const { password } = await createAdmin(services, scope, {
    email,
    givenName: "Ada",
    familyName: "Müller",
    password: "seven harbors in the rain",
  });
  const signedIn = await signIn(services, { email, password, address: "198.51.100.77", userAgent: windows });
  const session = signedIn.ok ? await findSession(services, signedIn.session) : null;
  expect(session?.profile).toEqual({ name: "Ada Müller", email, role: "admin", districtName: "North", timezone: "America/Denver" });
});

test("signing out ends it on the server, once", async () => {
  const { scope, signedIn } = await admin();
  const [key, other] = [await signedIn(), await signedIn()];
  await signOut(services, key);
  await signOut(services, key);
  expect(await loadSession(services, key)).toBeNull();
  expect(await loadSession(services, other)).not.toBeNull();
  expect((await actionsOf(scope.districtId)).filter((action) => action === "signed-out")).toHaveLength(1);
});

test("it ends after an hour in which nothing was done, and a page that only asks for news keeps nothing awake", async () => {
  const { signedIn } = await admin();
  const key = await signedIn();
  for (let visit = 0; visit < 3; visit++) {
    later((sessionLimits.idleMinutes - 1) * minute);
    expect(await findSession(services, key)).not.toBeNull();
  }
  for (let poll = 0; poll < 3; poll++) {
    later(19 * minute);
    expect(await findSession(services, key, false)).not.toBeNull();
  }
  later(4 * minute);
  expect(await findSession(services, key, false)).toBeNull();
  expect(await findSession(services, key)).toBeNull();
});

test("it ends at its absolute end, however much it was used", async () => {
  const { signedIn } = await admin();
  const key = await signedIn();
  for (let half = 0; half < sessionLimits.hours * 2 - 1; half++) {
    later(30 * minute);
    expect(await loadSession(services, key)).not.toBeNull();
  }
  later(30 * minute);
  expect(await loadSession(services, key)).toBeNull();
});

test("a request reads once, by keys alone, and writes when it was seen once a minute", async () => {
  const { scope, signedIn } = await admin();
  const key = await signedIn();
  const seen = async () =>
    (await services.db.sql`select last_seen_at::text as at from sessions where district_id = ${scope.districtId}`)[0]?.at;
  const statements: { query: string; parameters: unknown[] }[] = [];
  const options = services.db.sql.options as { debug?: unknown };
  options.debug = (_connection: number, query: string, parameters: unknown[]) => statements.push({ query, parameters });
  try {
    later(30_000);
    await findSession(services, key);
  } finally {
    options.debug = false;
  }
  expect(statements).toHaveLength(1);
  // Among many of the same account: of a handful, one index is as good as another.
  const undone = Symbol("undone");
  let plan: unknown = null;
  await services.db.sql
    .begin(async (sql) => {
      await sql`set local enable_seqscan = off`;
      await sql`
        insert into sessions (district_id, token_hash, account_id, session_epoch, signed_in_at, last_seen_at, expires_at)
        select district_id, token_hash || n, account_id, session_epoch, signed_in_at, last_seen_at, expires_at
        from sessions, generate_series(1, 2000) n where district_id = ${scope.districtId}`;
      await sql`analyze sessions`;
      plan = await sql.unsafe(`explain (format json) ${statements[0]?.query}`, statements[0]?.parameters as never[], { prepare: false });
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
  expect(JSON.stringify(plan)).toContain("sessions_district_id_token_hash_pk");
  const before = await seen();
  expect(await seen()).toBe(before);
  later(31_000);
  await Promise.all(Array.from({ length: 5 }, () => findSession(services, key)));
  expect(await seen()).not.toBe(before);
});

test("the own sessions are listed with device and network; one, all others, or all are ended", async () => {
  const { id, scope, own, signedIn } = await admin();
  const keys = [await signedIn(), await signedIn(""), await signedIn()];
  later(2 * minute);
  const mine = await findSession(services, keys[2] ?? { districtId: "", token: "" });
  const listed = await listSessions(services, own, id);
  expect(listed).toHaveLength(3);
  expect(listed[0]).toEqual({
    id: mine?.id,
    device: "Chrome on Windows",
    place: "198.51.100.0/24",
    signedInAt: new Date(clock.now.getTime() - 2 * minute).toISOString(),
    lastSeenAt: clock.now.toISOString(),
  });
  expect(listed.map(({ device }) => device)).toContain(null);
  const unnamed = listed.find(({ device }) => device === null)?.id ?? "";
  expect(await endSessions(services, own, id, { only: unnamed })).toBe(1);
  await expect(endSessions(services, own, id, { only: unnamed })).rejects.toMatchObject({ code: "not-found" });
  const stranger = await admin();
  await expect(endSessions(services, stranger.own, stranger.id, { only: mine?.id ?? "" })).rejects.toMatchObject({ code: "not-found" });
  expect(await endSessions(services, own, id, { allBut: mine?.id ?? null })).toBe(1);
  expect(await listSessions(services, own, id)).toMatchObject([{ id: mine?.id }]);
  expect(await endSessions(services, scope, id, { allBut: null })).toBe(1);
  expect(await loadSession(services, keys[2] ?? { districtId: "", token: "" })).toBeNull();
  expect((await actionsOf(scope.districtId)).filter((action) => action === "sessions-ended")).toHaveLength(3);
});

test("the worker removes what is over and nothing else", async () => {
  const { id, scope, own, signedIn } = await admin();
  await signedIn();
  later((sessionLimits.idleMinutes + 1) * minute);
  await signedIn();
  expect(await listSessions(services, own, id)).toHaveLength(1);
  const rows = () => services.db.sql`select from sessions where district_id = ${scope.districtId}`.then((found) => found.length);
  expect(await rows()).toBe(2);
  await forgetOldSessions(services);
  expect(await rows()).toBe(1);
});
