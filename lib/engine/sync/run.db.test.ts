import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { newIntegration, openIssues, type RawRow, type SisState, sourceOf, syncOnce } from "#lib/engine/testing/sync.ts";
import { planAgain } from "#lib/platform/db/plan-again.ts";
import { raiseRosterRevision } from "#lib/platform/db/roster-revision.ts";
import { accounts, syncRuns } from "#lib/platform/db/schema/index.ts";
import { withOwner } from "#lib/platform/db/tx.ts";
import { newDistrict, type TestDatabase, testDatabase } from "#lib/platform/testing/database.ts";
import type { Collection, RosteredCollection } from "#lib/roster/canonical.ts";

const isOnCitus = inject("citusWorkerUrls").length > 0;
let database: TestDatabase;
let district: string;
let integration: string;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  district = await newDistrict(database.db);
  integration = await newIntegration(database.db, district, { maxDeactivatedPercent: 10, minDeactivated: 2, withholdDoubtful: false });
});

const learner = (n: number, fields: RawRow = {}): RawRow => ({
  sourcedId: `p${n}`,
  role: "student",
  givenName: "Given",
  familyName: `Family ${n}`,
  email: `p${n}@x.example`,
  identifier: `${n}`,
  grades: "03",
  orgSourcedIds: "s1",
  ...fields,
});
const base: Record<RosteredCollection, RawRow[]> = {
  orgs: [
    { sourcedId: "d1", name: "District", type: "district" },
    { sourcedId: "s1", name: "North", type: "school", identifier: "1" },
  ],
  academicSessions: [
    { sourcedId: "t1", title: "Year", type: "schoolYear", startDate: "2026-08-01", endDate: "2027-06-01", schoolYear: "2027" },
  ],
  courses: [{ sourcedId: "k1", title: "Algebra", subjects: "Math" }],
  classes: [
    { sourcedId: "c1", title: "Algebra 1", classType: "scheduled", courseSourcedId: "k1", schoolSourcedId: "s1", termSourcedIds: "t1" },
  ],
  users: [
    ...Array.from({ length: 20 }, (_, n) => learner(n)),
    learner(90, { sourcedId: "teacher", role: "teacher", email: "teacher@x.example", identifier: "" }),
  ],
  enrollments: [
    { sourcedId: "e1", classSourcedId: "c1", userSourcedId: "p1", role: "student" },
    { sourcedId: "e2", classSourcedId: "c1", userSourcedId: "teacher", role: "teacher", primary: "true" },
  ],
};
const sis = (changes: Partial<Record<Collection, RawRow[]>> = {}, fingerprint?: string): SisState => ({
  rows: { ...base, ...changes },
  ...(fingerprint ? { fingerprint } : {}),
});
const sync = (state: SisState, options: Parameters<typeof syncOnce>[4] = {}) =>
  syncOnce(database.db, district, integration, state, options);
const roster = () =>
  database.db.sql`select id, status, given_name, email, xmin::text from accounts where district_id = ${district} order by id`;
const issuesOf = (runId: string) => openIssues(database.db, runId);

test("a first sync creates everything, and the same input again is not even parsed", async () => {
  const first = await sync(sis({}, "same bytes"));
  expect(first.state).toBe("succeeded");
  expect(first.totals?.learner).toMatchObject({ created: 20 });
  expect(first.totals?.membership).toMatchObject({ created: 2 });
  expect(first.input?.notRostered).toEqual({ "org of type district": 1 });
  expect(first.timeline.map((entry) => entry.phase)).toEqual(["connect", "read", "normalise", "match", "guard", "apply"]);
  const before = await roster();
  const source = sourceOf(sis({}, "same bytes"), {
    onBatch: () => {
      throw new Error("must not be read");
    },
  });
  const again = await sync(sis(), { source });
  expect(again).toMatchObject({ state: "succeeded", sameAsRunId: first.id, changeCount: 0 });
  expect(again.totals?.learner).toMatchObject({ created: 0, unchanged: 20 });
  expect(await roster()).toEqual(before);
});

test("input that was seen before is planned again when somebody changed the roster since", async () => {
  await sync(sis({}, "same bytes"));
  await withOwner(database.db, district, async (tx) => {
    const [account] = await tx.orm
      .update(accounts)
      .set({ givenName: "Edited" })
      .where(and(eq(accounts.districtId, district), eq(accounts.email, "p1@x.example")))
      .returning({ id: accounts.id });
    await raiseRosterRevision(tx);
    await planAgain(tx, [account?.id ?? ""]);
  });
  const again = await sync(sis({}, "same bytes"));
  expect(again.totals?.learner).toMatchObject({ updated: 1, unchanged: 19 });
});

describe("the guard", () => {
  const fewer = () => sis({ users: base.users.filter((user) => !/^p1\d$/.test(user.sourcedId ?? "")) });

  test("holds a sync that would deactivate too many, and changes nothing until the plan is approved", async () => {
    await sync(sis());
    const before = await roster();
    const held = await sync(fewer());
    expect(held.state).toBe("held");
    expect(held.heldBecause?.join()).toMatch(/10 of 20 learners/);
    expect(await roster()).toEqual(before);
    const approved = await sync(fewer(), { kind: "approval", planRunId: held.id });
    expect(approved).toMatchObject({ state: "succeeded", changeCount: 10, sameAsRunId: held.id });
    const after = await roster();
    expect(after.filter((row) => row.status === "deactivated")).toHaveLength(10);
  });

  test("an approved plan is refused when the roster is not the one it was made for", async () => {
    await sync(sis());
    const held = await sync(fewer());
    await withOwner(database.db, district, raiseRosterRevision);
    const before = await roster();
    const refused = await sync(fewer(), { kind: "approval", planRunId: held.id });
    expect(refused).toMatchObject({ state: "failed", failure: { code: "roster-changed" } });
    expect(await roster()).toEqual(before);
    // A newer sync makes the plan obsolete, and takes its tables away.
    await sync(sis());
    const [run] = await database.db.orm.select().from(syncRuns).where(eq(syncRuns.id, held.id));
    expect(run?.state).toBe("discarded");
  });

  test("a preview says what would change and changes nothing", async () => {
    const preview = await sync(sis(), { kind: "preview" });
    expect(preview).toMatchObject({ state: "previewed", heldBecause: null });
    expect(preview.totals?.learner.created).toBe(20);
    expect(await roster()).toHaveLength(0);
    const approved = await sync(sis(), { kind: "approval", planRunId: preview.id });
    expect(approved.state).toBe("succeeded");
    expect(await roster()).toHaveLength(21);
  });
});

test("where the next read goes on is kept with an approved plan, unless the integration was changed since it was made", async () => {
  const readsChanges = (at: number) => {
    const source = sourceOf(sis());
    return {
      ...source,
      extract: async (...given: Parameters<typeof source.extract>) => ({ ...(await source.extract(...given)), cursor: () => ({ at }) }),
    };
  };
  const cursor = async () => (await database.db.sql`select cursor from integrations where id = ${integration}`)[0]?.cursor;
  const first = await sync(sis(), { kind: "preview", source: readsChanges(1) });
  expect((await sync(sis(), { kind: "approval", planRunId: first.id })).state).toBe("succeeded");
  expect(await cursor()).toEqual({ at: 1 });

  const second = await sync(sis(), { kind: "preview", source: readsChanges(2) });
  await database.db.sql`update integrations set cursor = null, source_version = source_version + 1 where id = ${integration}`;
  expect((await sync(sis(), { kind: "approval", planRunId: second.id })).state).toBe("succeeded");
  expect(await cursor()).toBeNull();
});

test("a new name, schedule or limit in the middle of a sync leaves its cursor; other credentials do not", async () => {
  const change = async (sets: string) => {
    const source = sourceOf(sis(), {
      onBatch: async (collection) => {
        if (collection === "users")
          await database.db.sql.unsafe(`update integrations set ${sets}, updated_at = statement_timestamp() where id = '${integration}'`);
      },
    });
    const at = sets.length;
    const extract = async (...given: Parameters<typeof source.extract>) => ({
      ...(await source.extract(...given)),
      cursor: () => ({ at }),
    });
    expect((await sync(sis(), { source: { ...source, extract } })).state).toBe("succeeded");
    return (await database.db.sql`select cursor from integrations where id = ${integration}`)[0]?.cursor;
  };
  for (const harmless of ["name = 'Renamed'", "schedule = '0 2 * * *'", `safety = safety || '{"minDeactivated": 11}'`])
    expect(await change(harmless)).toEqual({ at: harmless.length });
  expect(await change("cursor = null, source_version = source_version + 1")).toBeNull();
});

describe("a read that cannot be believed changes nothing", () => {
  test.each(["users", "classes", "enrollments", "orgs"] as const)("%s without a record where there were some", async (collection) => {
    await sync(sis());
    const before = await roster();
    const run = await sync(sis({ [collection]: [] }));
    expect(run).toMatchObject({ state: "failed", failure: { code: "file-no-rows" } });
    expect(run.failure?.message).toContain(collection);
    expect(await roster()).toEqual(before);
  });

  test("enrollments may be empty before the first", async () => {
    expect((await sync(sis({ enrollments: [] }))).state).toBe("succeeded");
  });

  test("a row without an id suspends the withdrawal of whom it may be and says so", async () => {
    await sync(sis());
    const run = await sync(sis({ users: [...base.users.slice(1), learner(0, { sourcedId: "" })] }));
    expect(run.totals?.learner).toMatchObject({ deactivated: 0, skipped: 1 });
    expect((await issuesOf(run.id)).map((issue) => issue.code).sort()).toEqual(["id-missing", "withdrawals-suspended"]);
  });

  test("a source that breaks in mid-read", async () => {
    await sync(sis());
    const before = await roster();
    const source = sourceOf(sis(), {
      onBatch: (collection) => {
        if (collection === "users") throw Object.assign(new Error("gone"), { code: "ECONNRESET" });
      },
    });
    const run = await sync(sis(), { source });
    expect(run).toMatchObject({ state: "failed", failure: { transient: true } });
    expect(await roster()).toEqual(before);
  });
});

test("a cancelled run changes nothing", async () => {
  const source = sourceOf(sis(), {
    onBatch: async (collection) => {
      if (collection !== "users") return;
      await database.db.sql`update sync_runs set cancel_requested = true where district_id = ${district} and state = 'running'`;
    },
  });
  const run = await sync(sis(), { source });
  expect(run.state).toBe("cancelled");
  expect(await roster()).toHaveLength(0);
});

test("a worker that has to stop ends its run with that reason", async () => {
  const stop = new AbortController();
  const run = await sync(sis(), { signal: stop.signal, source: sourceOf(sis(), { onBatch: () => stop.abort() }) });
  expect(run).toMatchObject({ state: "failed", failure: { code: "worker-lost" } });
});

test("a worker that was given up for lost cannot apply any more", async () => {
  const source = sourceOf(sis(), {
    onBatch: async (collection) => {
      if (collection === "enrollments")
        await database.db.sql`update sync_runs set state = 'failed' where district_id = ${district} and state = 'running'`;
    },
  });
  const run = await sync(sis(), { source });
  expect(run.state).toBe("failed");
  expect(await roster()).toHaveLength(0);
});

test("syncs of two integrations of one district at once end both, and neither undoes the other", async () => {
  // Whichever comes second finds everybody in Aivo, and would wait for an admin because of that.
  integration = await newIntegration(database.db, district);
  const other = await newIntegration(database.db, district);
  const theirs = sis({
    users: Array.from({ length: 20 }, (_, n) => learner(n, { sourcedId: `other${n}`, identifier: `${n}`, orgSourcedIds: "s1" })),
    enrollments: [],
  });
  const runs = await Promise.all([sync(sis()), syncOnce(database.db, district, other, theirs)]);
  expect(runs.map((run) => run.state)).toEqual(["succeeded", "succeeded"]);
  const [count] = await database.db
    .sql`select count(*)::int as accounts, count(distinct email)::int as emails from accounts where district_id = ${district}`;
  expect(count?.accounts).toBe(count?.emails);
});

// Citus lets no test put a trigger on a table that is cut.
test.skipIf(isOnCitus)(
  "a plan that is made again, because the roster changed meanwhile, is the one that would have been made at first",
  async () => {
    const state = sis({
      users: [...base.users, learner(1), learner(50), learner(50, { givenName: "Other" }), learner(51, { orgSourcedIds: "s1,s9" })],
      classes: [...base.classes, { sourcedId: "c2", title: "No school", schoolSourcedId: "s9", termSourcedIds: "t1" }],
      enrollments: [...base.enrollments, { sourcedId: "e3", classSourcedId: "c1", userSourcedId: "p99", role: "student" }],
    });
    const undisturbed = await sync(state);
    const codes = async (runId: string) => (await issuesOf(runId)).map((issue) => `${issue.code} ${issue.externalId}`).sort();
    const waiting = () =>
      database.db.sql`select collection, external_id, fate, reason from source_records where district_id = ${district} order by 1, 2`;
    const expected = { codes: await codes(undisturbed.id), waiting: [...(await waiting())], totals: undisturbed.totals };

    district = await newDistrict(database.db);
    integration = await newIntegration(database.db, district);
    await database.db.sql.unsafe(`
    create function overtake() returns trigger language plpgsql as $$ begin
      update districts set roster_revision = roster_revision + 1 where id = new.district_id; return new; end $$;
    create trigger overtake after update on sync_runs for each row when (old.state = 'running' and new.state = 'applying') execute function overtake()`);
    const overtaken = await sync(state);
    await database.db.sql.unsafe("drop trigger overtake on sync_runs; drop function overtake()");
    expect(overtaken.timeline.filter((entry) => entry.phase === "match")).toHaveLength(2);
    expect(overtaken.state).toBe("succeeded");
    expect({ codes: await codes(overtaken.id), waiting: [...(await waiting())], totals: overtaken.totals }).toEqual(expected);
  },
);

describe("matching", () => {
  const existing = (values: Partial<typeof accounts.$inferInsert>) =>
    database.db.orm
      .insert(accounts)
      .values({ districtId: district, role: "learner", givenName: "Already", familyName: "Here", ...values })
      .returning({ id: accounts.id });
  const one = (fields: RawRow) => sis({ users: [learner(1, fields)], enrollments: [] });
  const accountCount = async () => (await roster()).length;

  test("by email, whatever its case, and by the id ever after", async () => {
    const [account] = await existing({ email: "p1@x.example" });
    const run = await sync(one({ email: "P1@X.example" }));
    expect(run.totals?.learner).toMatchObject({ created: 0, updated: 1 });
    const again = await sync(one({ email: "new@x.example" }));
    expect(again.totals?.learner).toMatchObject({ created: 0, updated: 1 });
    expect((await roster()).map((row) => row.id)).toEqual([account?.id]);
    const [change] = await database.db.sql`select reason from run_changes where run_id = ${run.id} and entity = 'learner'`;
    expect(change?.reason).toMatch(/matched by email/);
  });

  test("by student number when the email matches nobody", async () => {
    await existing({ familyName: "Family 1", email: "old@x.example", studentNumber: "1" });
    expect((await sync(one({ givenName: "Already" }))).totals?.learner).toMatchObject({ created: 0, updated: 1 });
  });

  test("neither by number nor by email where the name and the other contradict", async () => {
    const before = [await existing({ email: "old@x.example", studentNumber: "1" }), await roster()];
    expect((await sync(one({}))).totals?.learner).toMatchObject({ created: 0, updated: 0, skipped: 1 });
    expect(await roster()).toEqual(before[1]);
  });

  test.each([
    ["match-ambiguous", [{ email: "p1@x.example" }, { email: "p1@x.example" }], [learner(1)]],
    [
      "match-contested",
      [{ email: "shared@x.example" }],
      [learner(1, { email: "shared@x.example" }), learner(2, { email: "shared@x.example" })],
    ],
    ["match-role", [{ email: "p1@x.example", role: "teacher" as const }], [learner(1)]],
    ["match-role", [{ email: "p1@x.example", role: "admin" as const }], [learner(1, { role: "teacher" })]],
  ])("%s: nothing is merged or created, and both sides are shown", async (code, present, people) => {
    for (const values of present) await existing(values);
    const before = await roster();
    const run = await sync(sis({ users: people, enrollments: [] }));
    expect(await roster()).toEqual(before);
    const issues = (await issuesOf(run.id)).filter((issue) => issue.code === code);
    expect(issues).toHaveLength(people.length);
    expect(issues[0]).toMatchObject({ sourcePart: "users.csv", sourcePosition: 2, severity: "error" });
    expect(issues[0]?.recordIds).toHaveLength(present.length);
  });

  test("an account that one person may be by email is not another's by number", async () => {
    await existing({ email: "a@x.example", studentNumber: "1" });
    await existing({ email: "a@x.example" });
    const people = [learner(1, { email: "" }), learner(2, { email: "a@x.example", identifier: "" })];
    const before = await roster();
    for (const run of [await sync(sis({ users: people, enrollments: [] })), await sync(sis({ users: people, enrollments: [] }))]) {
      const conflicts = (await issuesOf(run.id)).filter((issue) => issue.code.startsWith("match"));
      expect(conflicts.map((issue) => `${issue.externalId} ${issue.code}`).sort()).toEqual(["p1 match-contested", "p2 match-ambiguous"]);
      expect(await roster()).toEqual(before);
    }
  });

  test("an address that siblings share identifies nobody, and both come through", async () => {
    const run = await sync(
      sis({ users: [learner(1, { email: "family@x.example" }), learner(2, { email: "family@x.example" })], enrollments: [] }),
    );
    expect(run.totals?.learner).toMatchObject({ created: 2, skipped: 0 });
    expect((await issuesOf(run.id)).map((issue) => issue.code)).toEqual(["email-shared", "email-shared"]);
  });

  test("never across districts", async () => {
    const elsewhere = await newDistrict(database.db);
    await database.db.orm
      .insert(accounts)
      .values({ districtId: elsewhere, role: "learner", givenName: "Other", familyName: "District", email: "p1@x.example" });
    expect((await sync(one({}))).totals?.learner.created).toBe(1);
    expect(await accountCount()).toBe(1);
  });

  test("a person who is withdrawn and returns has the same account, and one deactivated by an admin stays so", async () => {
    await sync(sis());
    const before = await roster();
    await sync(sis({ users: base.users.slice(2) }));
    await database.db
      .sql`update accounts set status = 'deactivated', deactivated_by = 'admin' where district_id = ${district} and email = 'p5@x.example'`;
    const back = await sync(sis());
    expect(back.totals?.learner).toMatchObject({ reactivated: 2, created: 0 });
    const after = await roster();
    expect(after.map((row) => row.id)).toEqual(before.map((row) => row.id));
    expect(after.find((row) => row.email === "p5@x.example")?.status).toBe("deactivated");
  });

  test("accounts that no SIS supplied are never touched, nor is an admin", async () => {
    await existing({ email: "manual@x.example" });
    await sync(sis());
    await database.db.sql`update accounts set role = 'admin' where district_id = ${district} and email = 'teacher@x.example'`;
    const run = await sync(
      sis({ users: base.users.filter((user) => user.sourcedId !== "teacher"), enrollments: base.enrollments.slice(0, 1) }),
    );
    expect(run.state).toBe("succeeded");
    const kept = (await roster()).filter((row) => ["manual@x.example", "teacher@x.example"].includes(row.email));
    expect(kept.map((row) => row.status)).toEqual(["active", "active"]);
  });
});

test("each fault that only the whole roster shows becomes an issue with place, value and what was kept", async () => {
  const run = await sync(
    sis({
      classes: [
        ...base.classes,
        { sourcedId: "c2", title: "No school", schoolSourcedId: "s9", courseSourcedId: "k9", termSourcedIds: "t1" },
        { sourcedId: "c3", title: "Loose", schoolSourcedId: "s1", courseSourcedId: "k9", termSourcedIds: "t1,t9" },
      ],
      users: [
        ...base.users,
        learner(1),
        learner(50),
        learner(50, { givenName: "Other" }),
        learner(51, { orgSourcedIds: "s1,s9,d1" }),
        learner(52, { role: "parent" }),
      ],
      enrollments: [
        ...base.enrollments,
        { sourcedId: "e3", classSourcedId: "c9", userSourcedId: "p1", role: "student" },
        { sourcedId: "e4", classSourcedId: "c1", userSourcedId: "p99", role: "student" },
        { sourcedId: "e5", classSourcedId: "c1", userSourcedId: "p2", role: "teacher" },
        { sourcedId: "e6", classSourcedId: "c1", userSourcedId: "p1", role: "student", beginDate: "2026-09-01" },
        { sourcedId: "e7", classSourcedId: "c1", userSourcedId: "p52", role: "student" },
        { sourcedId: "e8", classSourcedId: "c2", userSourcedId: "p2", role: "student" },
      ],
    }),
  );
  expect(run.state).toBe("succeeded");
  const issues = (await issuesOf(run.id)).map((issue) =>
    [issue.code, issue.externalId, issue.sourcePart, issue.sourcePosition, issue.field, issue.value].join(" "),
  );
  expect(issues.sort()).toEqual(
    [
      "enrollment-not-rostered e7 enrollments.csv 8 userSourcedId p52",
      "enrollment-repeated e1 enrollments.csv 2 sourcedId e1",
      "enrollment-role e5 enrollments.csv 6 role teacher",
      "id-conflict p50 users.csv 24 sourcedId p50",
      "id-duplicate p1 users.csv 23 sourcedId p1",
      "reference-class e3 enrollments.csv 4 classSourcedId c9",
      "reference-course c3 classes.csv 4 courseSourcedId k9",
      "reference-org p51 users.csv 26 orgSourcedIds s9",
      "reference-school c2 classes.csv 3 schoolSourcedId s9",
      "reference-term c3 classes.csv 4 termSourcedIds t9",
      "reference-user e4 enrollments.csv 5 userSourcedId p99",
    ].sort(),
  );
  expect(run.totals?.membership).toMatchObject({ created: 2, skipped: 5 });
  expect(run.input?.notRostered).toMatchObject({ parent: 1 });
});
