/** One person alone, through the three protocols that can: the sandbox's strict servers, the whole engine, and the service's own door. */

import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { operatorScope, workerScope } from "#lib/platform/access.ts";
import { syncRuns } from "#lib/platform/db/schema/runs.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { tryAgain } from "#lib/services/runs/retry.ts";
import { requestPersonSync } from "#lib/services/runs/sync-person.ts";
import { requestUndo } from "#lib/services/runs/undo.ts";
import { cancelRun } from "#lib/services/runs/write.ts";
import { type FourProviders, startFourProviders } from "./testing/four-providers.ts";
import { share } from "./testing/share.ts";

/** Of each kind that there is; three with `npm run test:histories`, which has both versions of OneRoster over REST. */
const peopleOfAKind = Number(process.env.AIVO_PEOPLE ?? 1);
const overRest = ["oneroster-rest", "oneroster-rest 1.2"] as const;
const drawn = peopleOfAKind > 1 ? overRest : share(overRest, 1);
const [oneRoster = overRest[0]] = drawn;
const able = [...drawn, "classlink", "clever"] as const;
type Able = (typeof able)[number];

let four: FourProviders;
const known = new Map<Able, { readonly district: string; readonly integration: string }>();

beforeAll(async () => {
  four = await startFourProviders({ users: 150, seed: 11, daysPerYear: 60 });
}, 240_000);
afterAll(() => four.close());
beforeEach(() => four.sandbox.faults.mend());

const of = (provider: Able) => {
  const found = known.get(provider);
  if (!found) throw new Error("no such provider");
  return found;
};

async function ended(run: ReturnType<FourProviders["sync"]>) {
  const done = await run;
  expect([done.state, done.failure]).toEqual(["succeeded", null]);
  return done;
}

interface Row {
  readonly id: string;
  readonly externalId: string;
  readonly values: string;
  readonly classes: string;
}

/** Everybody in Aivo: their values and classes as one text, by the SIS's id. Of a class its code: whatever else it is called is no change of theirs. */
async function people(district: string): Promise<Map<string, Row>> {
  const rows = await four.kit.services.db.sql<Row[]>`
    select a.id, l.external_id as "externalId",
      concat_ws(' ', a.role, a.given_name, a.family_name, a.email, a.grade, a.student_number, a.status, (
        select string_agg(s.number, ',' order by s.number) from schools s where s.district_id = ${district} and s.id = any(a.school_ids))) as values,
      coalesce((select string_agg(concat_ws('/', s.number, c.code, m.role), ', ' order by s.number, c.code)
        from memberships m join classrooms c on c.district_id = ${district} and c.id = m.classroom_id
        left join schools s on s.district_id = ${district} and s.id = c.school_id
        where m.district_id = ${district} and m.account_id = a.id and m.status = 'active'), '') as classes
    from accounts a
    join source_records l on l.district_id = a.district_id and l.record_id = a.id and l.collection = 'users'
    where a.district_id = ${district}`;
  return new Map(rows.map((row) => [row.externalId, row]));
}

async function integrationRow({ district, integration }: { readonly district: string; readonly integration: string }) {
  const [row] = await four.kit.services.db.sql`
    select cursor, planned_with, next_run_at, failures_in_row, source_identity from integrations
    where district_id = ${district} and id = ${integration}`;
  return row;
}

const syncPerson = (provider: Able, person: string) => four.sync(of(provider).district, of(provider).integration, {}, person);

/** What the next sync of everybody makes of the same day, in a district that had it before the day and never synced anybody alone. */
async function shadow(provider: Able) {
  const district = await four.newDistrict();
  return { district, integration: await four.add(district, provider) };
}

/** Through all of them: somebody moves from class to class in some weeks only. */
let movedInAll = 0;

describe.each(able)("%s", (provider) => {
  // Not of all at once: Clever's events are kept for 30 days, and each of the others lets days pass.
  beforeAll(async () => {
    const district = await four.newDistrict();
    const integration = await four.add(district, provider);
    known.set(provider, { district, integration });
    await ended(four.sync(district, integration));
  }, 120_000);

  test("whoever changed, moved, left or came is as a sync of everybody makes them; nobody else, and no place, is moved", async () => {
    const mine = of(provider);
    await ended(four.sync(mine.district, mine.integration));
    const twin = await shadow(provider);
    await ended(four.sync(twin.district, twin.integration));
    const before = await people(mine.district);
    four.pass(3_600_000);
    four.district.advance(12);
    four.pass(3_600_000);
    await ended(four.sync(twin.district, twin.integration));
    const after = await people(twin.district);
    const place = await integrationRow(mine);

    const kinds = {
      changed: [...after.values()].filter((row) => before.get(row.externalId) && before.get(row.externalId)?.values !== row.values),
      moved: [...after.values()].filter((row) => {
        const was = before.get(row.externalId);
        return was && row.values.includes("active") && !row.values.includes("deactivated") && was.classes !== row.classes;
      }),
      left: [...after.values()].filter(
        (row) => row.values.includes("deactivated") && !before.get(row.externalId)?.values.includes("deactivated"),
      ),
      came: [...after.values()].filter((row) => !before.has(row.externalId)),
    };
    const { moved, ...always } = kinds;
    for (const [kind, rows] of Object.entries(always)) expect([kind, rows.length > 0]).toEqual([kind, true]);
    movedInAll += moved.length;
    const picked = [...new Set(Object.values(kinds).flatMap((rows) => rows.slice(0, peopleOfAKind).map(({ externalId }) => externalId)))];
    for (const id of picked) {
      const run = await ended(syncPerson(provider, id));
      expect(run.input?.modes.users).toBe("delta");
      expect(run.input?.modes.enrollments === "bulk").toBe(false);
    }
    const now = await people(mine.district);
    for (const id of picked) {
      const wanted = after.get(id);
      const got = now.get(id);
      // Who left keeps the classes that they had; an inactive person's are shown nowhere.
      expect([id, got?.values, got?.classes]).toEqual([id, wanted?.values, wanted?.classes]);
    }
    for (const [id, row] of before) if (!picked.includes(id)) expect([id, now.get(id)?.values]).toEqual([id, row.values]);
    expect(await integrationRow(mine)).toEqual(place);

    const again = await ended(syncPerson(provider, picked[0] ?? ""));
    expect(again.input?.notes[0]).toBe("Only one person was read.");
    expect(
      Object.values(again.totals ?? {}).every(
        ({ created, updated, deactivated, reactivated }) => created + updated + deactivated + reactivated === 0,
      ),
    ).toBe(true);

    // The next read goes on as if nobody had been read alone.
    const next = await ended(four.sync(mine.district, mine.integration));
    expect(next.input?.modes.users).toBe("delta");
    expect(await four.activeRoster(mine.district)).toEqual(await four.activeRoster(twin.district));
  }, 300_000);

  test("somebody whom neither side knows, and credentials that are refused, change nothing and say what to do", async () => {
    const mine = of(provider);
    const place = await integrationRow(mine);
    const nobody = await syncPerson(provider, provider === "clever" ? "5f0000000000000000000000" : "nobody-here");
    expect([nobody.state, nobody.failure?.code]).toEqual(["failed", "read-incomplete"]);
    expect(nobody.failure?.message).toContain("nobody with this id");
    expect(nobody.failure?.message).not.toContain("nobody-here");

    const [someone] = [...(await people(mine.district)).values()];
    four.sandbox.faults.break({ kind: "revoked" });
    const refused = await syncPerson(provider, someone?.id ?? "");
    expect(refused.state).toBe("failed");
    expect(["sign-in", "authorization-expired", "permission"]).toContain(refused.failure?.code);
    four.sandbox.faults.mend();
    four.sandbox.clever.authorization.authorize();
    expect(await integrationRow(mine)).toEqual(place);
    const shown = await getIntegration(four.kit.services, operatorScope(mine.district), mine.integration);
    expect([shown.health, shown.lastRun?.state]).toEqual(["healthy", "succeeded"]);
    const [incidents] = await four.kit.services.db.sql`select count(*)::int as count from incidents where district_id = ${mine.district}`;
    expect(incidents?.count).toBe(0);
    await ended(syncPerson(provider, someone?.id ?? ""));
  }, 120_000);
});

test("somebody who moved was among them", () => {
  expect(movedInAll).toBeGreaterThan(0);
});

const filters = [
  ["oneroster-rest", "filter-ignored", /ignores the filter by person\. Their classes were read instead/],
  ["classlink", "filter-refused", /does not take the filter by person\. Their classes were read instead/],
  ["oneroster-rest", "filter-empty", /(leaves out enrollments that it has|brings nothing)\. Their classes were read instead/],
] as const;
const filtered = filters.flatMap(([provider, kind, because]) =>
  (provider === "oneroster-rest" ? drawn : [provider]).map((way) => [way, kind, because] as const),
);

test.each(filtered)(
  "%s, %s: their classes are read instead",
  async (provider, kind, because) => {
    const mine = of(provider);
    const twin = await shadow(provider);
    await ended(four.sync(mine.district, mine.integration));
    await ended(four.sync(twin.district, twin.integration));
    const before = await people(mine.district);
    four.pass(3_600_000);
    four.district.advance(8);
    four.pass(3_600_000);
    await ended(four.sync(twin.district, twin.integration));
    const after = await people(twin.district);
    const moved = [...after.values()].filter(({ externalId, classes, values }) => {
      const was = before.get(externalId);
      return was !== undefined && !values.includes("deactivated") && was.classes !== classes;
    });
    expect(moved.length).toBeGreaterThan(0);
    four.sandbox.faults.break({ kind, endpoint: "enrollments" });
    for (const { externalId, classes } of moved.slice(0, peopleOfAKind)) {
      const run = await ended(syncPerson(provider, externalId));
      expect(run.input?.notes.join(" ")).toMatch(because);
      expect((await people(mine.district)).get(externalId)?.classes).toBe(classes);
    }
  },
  240_000,
);

test("a person's sync is a run of the history that can be taken back, and no measure for others", async () => {
  const { services } = four.kit;
  const mine = of(oneRoster);
  const scope = operatorScope(mine.district);
  await ended(four.sync(mine.district, mine.integration));
  const everybody = await people(mine.district);
  const someone = [...everybody.values()].find(({ values }) => values.startsWith("learner") && !values.includes("deactivated"));
  await services.db.sql`
    update accounts set given_name = 'Somebody' where district_id = ${mine.district} and id = ${someone?.id ?? ""}`;
  await services.db.sql`
    update source_records set hash = 1 where district_id = ${mine.district} and collection = 'users' and external_id = ${someone?.externalId ?? ""}`;
  const run = await ended(syncPerson(oneRoster, someone?.id ?? ""));
  const shown = await getRun(services, scope, run.id);
  expect([shown.forOnePerson, shown.person?.record?.id, shown.changeCount]).toEqual([true, someone?.id, 1]);
  expect((await getIntegration(services, scope, mine.integration)).lastSuccess?.id).not.toBe(run.id);
  const undo = await requestUndo(services, scope, run.id, { reason: "Tried out" });
  if (!undo.ok) throw new Error("no undo");
  await four.execute(mine.district, undo.runId);
  const [name] = await services.db.sql`select given_name from accounts where district_id = ${mine.district} and id = ${someone?.id ?? ""}`;
  expect(name?.given_name).toBe("Somebody");
}, 120_000);

test("one that its worker did not let finish is tried again for the same person, and nobody else", async () => {
  const { services } = four.kit;
  const mine = of("classlink");
  const [someone] = [...(await people(mine.district)).values()];
  const run = await ended(syncPerson("classlink", someone?.id ?? ""));
  const [row] = await services.db.orm.select().from(syncRuns).where(eq(syncRuns.id, run.id));
  if (!row) throw new Error("no run");
  const lost = { code: "worker-lost", step: "run", message: "Lost.", remedy: "Again." } as const;
  const again = await withDistrict(services.db, workerScope(mine.district), (tx) => tryAgain(services, tx, row, lost));
  const shown = await getRun(services, operatorScope(mine.district), again ?? "");
  expect([shown.retryOf, shown.person]).toEqual([
    run.id,
    { externalId: someone?.externalId, record: expect.objectContaining({ id: someone?.id }) },
  ]);
  expect(
    await requestPersonSync(services, operatorScope(mine.district), mine.integration, someone?.id ?? "", { trigger: "manual" }),
  ).toEqual({
    ok: false,
    reason: "already-running",
    runId: again,
  });
  await cancelRun(services, operatorScope(mine.district), again ?? "");
}, 60_000);

test("files hold everybody, and before a sync of everybody there is nobody to sync: both say what to do instead", async () => {
  const district = await four.newDistrict();
  const files = await four.add(district, "oneroster-csv");
  const scope = operatorScope(district);
  const ask = (integration: string, person = "7") =>
    requestPersonSync(four.kit.services, scope, integration, person, { trigger: "manual" });
  await expect(ask(files)).rejects.toThrow("files with everybody in them");
  const fresh = await four.add(district, "clever");
  await expect(ask(fresh)).rejects.toThrow("Choose Run Sync Now first");
  await expect(ask(crypto.randomUUID())).rejects.toThrow(ServiceError);
});
