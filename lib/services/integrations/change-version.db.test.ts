/** An integration goes over from OneRoster 1.1 to 1.2, in which people have other ids: by real files, from a nightly sync that stops to an undo. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSource } from "#lib/engine/sis/create.ts";
import { laterManifestFor, role, rolesFile } from "#lib/engine/testing/sis/later-sets.ts";
import { type Bench, startBench } from "#lib/engine/testing/sis/oneroster-csv.ts";
import { csvOf } from "#lib/engine/testing/sis/sets.ts";
import { executeNow, newIntegration, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { integrations } from "#lib/platform/db/schema/index.ts";
import { approveRun } from "#lib/services/runs/decide-plan.ts";
import { getRun } from "#lib/services/runs/read.ts";
import { previewUndo, requestUndo } from "#lib/services/runs/undo.ts";
import { newDistrict, type Services, testServices } from "#lib/services/testing/services.ts";
import { changeVersion } from "./change-version.ts";

let services: Services;
let close: () => Promise<void>;
let bench: Bench;
beforeAll(async () => {
  ({ services, close } = await testServices());
  bench = await startBench();
});
afterAll(async () => {
  await bench.stop();
  await close();
});

type Kind = "student" | "teacher";
interface Person {
  readonly id: string;
  readonly kinds: readonly Kind[];
  readonly name: string;
  readonly email?: string;
  readonly number?: string;
  readonly legacy?: string;
}

const shared = {
  "orgs.csv": csvOf([
    ["sourcedId", "name", "type", "identifier"],
    ["s1", "North", "school", "17"],
  ]),
  "academicSessions.csv": csvOf([
    ["sourcedId", "title", "type", "startDate", "endDate", "schoolYear"],
    ["t1", "Year", "schoolYear", "2020-08-01", "2040-06-01", "2040"],
  ]),
  "courses.csv": csvOf([
    ["sourcedId", "title", "orgSourcedId"],
    ["k1", "Algebra", "s1"],
  ]),
  "classes.csv": csvOf([
    ["sourcedId", "title", "courseSourcedId", "classType", "schoolSourcedId", "termSourcedIds"],
    ["c1", "Algebra, 1", "k1", "scheduled", "s1", "t1"],
  ]),
};
const seats = (people: readonly Person[]) =>
  csvOf([
    ["sourcedId", "classSourcedId", "schoolSourcedId", "userSourcedId", "role"],
    ...people.map(({ id, kinds }) => [`e-${id}`, "c1", "s1", id, kinds[0] ?? ""]),
  ]);

const earlier = (people: readonly Person[]) => ({
  ...shared,
  "users.csv": csvOf([
    ["sourcedId", "orgSourcedIds", "role", "username", "givenName", "familyName", "identifier", "email"],
    ...people.map(({ id, kinds, name, email = "", number = "" }) => [id, "s1", kinds[0] ?? "", id, "Given", name, number, email]),
  ]),
  "enrollments.csv": seats(people),
});

const later = (people: readonly Person[]) => ({
  ...shared,
  "manifest.csv": laterManifestFor(
    Object.fromEntries(["orgs", "academicSessions", "courses", "classes", "users", "roles", "enrollments"].map((file) => [file, "bulk"])),
  ),
  "users.csv": csvOf([
    [
      "sourcedId",
      "enabledUser",
      "username",
      "givenName",
      "familyName",
      "identifier",
      "email",
      "primaryOrgSourcedId",
      "metadata.ic.legacysourceId",
    ],
    ...people.map(({ id, name, email = "", number = "", legacy = "" }) => [id, "true", id, "Given", name, number, email, "s1", legacy]),
  ]),
  "roles.csv": rolesFile(people.flatMap(({ id, kinds }) => kinds.map((kind) => role(`r-${id}-${kind}`, id, kind, "s1")))),
  "enrollments.csv": seats(people),
});

const source = () => createSource("oneroster-csv", bench.credentials, { wait: async () => {} });
const options = () => ({ source: source(), trustedOrigins: [`sftp://127.0.0.1:${bench.sshd.port}`] });

async function aDistrict(people: readonly Person[]) {
  const { db } = services;
  const district = await newDistrict(db);
  const integration = await newIntegration(db, district);
  await db.orm.update(integrations).set({ provider: "oneroster-csv" });
  const scope = operatorScope(district);
  const sync = async (files: Readonly<Record<string, string>>) => {
    await bench.put(files);
    return syncOnce(db, district, integration, { rows: {} }, options());
  };
  /** The account of each id of the SIS that leads to one and is in the roster by it, with what it is. */
  const accounts = async () => {
    const rows = await db.sql<{ id: string; account: string; kind: string; status: string }[]>`
      select m.external_id as id, a.id as account, a.role as kind, a.status
      from source_records m join accounts a on a.district_id = m.district_id and a.id = m.record_id
      where m.district_id = ${district} and m.collection = 'users' and m.rostered`;
    return new Map(rows.map(({ id, ...rest }) => [id, rest]));
  };
  const change = async (to: string) => {
    const asked = await changeVersion(services, scope, integration, { to });
    if (!asked.ok) throw new Error(asked.reason);
    return executeNow(db, district, asked.runId, { rows: {} }, options());
  };
  const approve = async (runId: string) => {
    const approved = await approveRun(services, scope, runId);
    if (!approved.ok) throw new Error(approved.reason);
    return executeNow(db, district, approved.runId, { rows: {} }, options());
  };
  const version = async () => {
    const [row] = await db.sql<{ version: string | null }[]>`
      select oneroster_version as version from integrations where id = ${integration}`;
    return row?.version;
  };
  expect(await sync(earlier(people))).toMatchObject({ state: "succeeded" });
  return { district, integration, scope, sync, accounts, change, approve, version };
}

const before: readonly Person[] = [
  { id: "s+101", kinds: ["student"], name: "Ada", email: "ada@x.example", number: "101" },
  { id: "s+102", kinds: ["student"], name: "Ben", number: "102" },
  { id: "s+103", kinds: ["student"], name: "Cleo", email: "cleo@x.example" },
  { id: "t+201", kinds: ["teacher"], name: "Dara", email: "dara@x.example" },
  { id: "same", kinds: ["teacher"], name: "Eli", email: "eli@x.example" },
  // One person, with a record for each of two roles.
  { id: "t+300", kinds: ["teacher"], name: "Fay", email: "fay@x.example" },
  { id: "s+300", kinds: ["student"], name: "Fay", email: "fay.pupil@x.example" },
  { id: "s+104", kinds: ["student"], name: "Gone" },
];
const after: readonly Person[] = [
  { id: "901", kinds: ["student"], name: "Ada", email: "ada@x.example", number: "101", legacy: "101" },
  { id: "902", kinds: ["student"], name: "Ben", number: "102" },
  { id: "903", kinds: ["student"], name: "Cleo", email: "cleo@x.example" },
  { id: "911", kinds: ["teacher"], name: "Dara", email: "dara@x.example", legacy: "201" },
  { id: "same", kinds: ["teacher"], name: "Eli", email: "eli@x.example" },
  { id: "930", kinds: ["teacher"], name: "Fay", email: "fay@x.example", legacy: "300" },
  { id: "950", kinds: ["student"], name: "Newcomer", email: "new@x.example" },
];
const isFrom: Readonly<Record<string, string>> = {
  "901": "s+101",
  "902": "s+102",
  "903": "s+103",
  "911": "t+201",
  same: "same",
  "930": "t+300",
};

test("a nightly sync that meets the other version stops; the step shows who is who, applies that, and is taken back", async () => {
  const { sync, accounts, change, approve, version, scope } = await aDistrict(before);
  const then = await accounts();
  expect(await version()).toBe("1.1");

  const night = await sync(later(after));
  expect(night).toMatchObject({ state: "failed", failure: { code: "version-changed" } });
  expect(night.failure?.message).toContain("1.2");
  expect(night.failure?.remedy).toContain("Change version");
  expect(await accounts()).toEqual(then);

  const shown = await change("1.2");
  expect(shown).toMatchObject({
    state: "previewed",
    input: {
      version: "1.2",
      versionChange: {
        to: "1.2",
        linked: { "same-id": 1, "legacy-id": 3, "student-number": 1, email: 1, otherwise: 0 },
        created: 1,
        merged: 1,
        ambiguous: 0,
        gone: 1,
      },
    },
  });
  expect(await accounts()).toEqual(then);
  expect(await version()).toBe("1.1");
  const view = await getRun(services, scope, shown.id);
  expect(view.versionChange?.mergedAccounts).toMatchObject([{ ends: { kind: "learner" }, stays: { kind: "teacher" } }]);

  const applied = await approve(shown.id);
  expect(applied).toMatchObject({
    state: "succeeded",
    totals: { learner: { created: 1, deactivated: 2 }, teacher: { created: 0, deactivated: 0 } },
  });
  expect(await version()).toBe("1.2");
  const now = await accounts();
  for (const [id, was] of Object.entries(isFrom)) expect(now.get(id), id).toEqual(then.get(was));

  expect(await sync(later(after))).toMatchObject({ state: "succeeded", changeCount: 0 });
  expect(await sync(earlier(before))).toMatchObject({ state: "failed", failure: { code: "version-changed" } });

  const { shown: seen } = await previewUndo(services, scope, applied.id);
  const undo = await requestUndo(services, scope, applied.id, { reason: "The other version was a test", shown: seen });
  if (!undo.ok) throw new Error(undo.reason);
  expect(await executeNow(services.db, scope.districtId, undo.runId, { rows: {} }, options())).toMatchObject({ state: "succeeded" });
  expect(await version()).toBe("1.1");
  expect(await accounts()).toEqual(then);
});

test("who cannot be told waits, and nobody is withdrawn for them", async () => {
  const twins: readonly Person[] = [
    { id: "s+1", kinds: ["student"], name: "Ada" },
    { id: "x+1", kinds: ["student"], name: "Ada" },
    { id: "s+2", kinds: ["student"], name: "Ben" },
  ];
  const { accounts, change, approve } = await aDistrict(twins);
  const then = await accounts();
  await bench.put(
    later([
      { id: "91", kinds: ["student"], name: "Ada", legacy: "1" },
      { id: "92", kinds: ["student"], name: "Ben", legacy: "2" },
    ]),
  );
  const shown = await change("1.2");
  expect(shown.input?.versionChange).toMatchObject({ linked: { "legacy-id": 1 }, created: 0, ambiguous: 1 });
  await approve(shown.id);
  const [ben, ...rest] = [then.get("s+2")?.account, then.get("s+1")?.account, then.get("x+1")?.account];
  const statuses = await services.db.sql<{ id: string; status: string }[]>`
    select id, status from accounts where id = any(${[ben, ...rest].map(String)}::uuid[])`;
  expect(statuses.map(({ status }) => status)).toEqual(["active", "active", "active"]);
  expect((await accounts()).get("92")?.account).toBe(ben);
});

test("it is refused where there is nothing to change", async () => {
  const { integration, scope } = await aDistrict([{ id: "s+1", kinds: ["student"], name: "Ada" }]);
  await expect(changeVersion(services, scope, integration, { to: "1.1" })).rejects.toThrow("reads OneRoster 1.1 already");
  await expect(changeVersion(services, scope, integration, { to: "2.0" })).rejects.toThrow("The version is 1.1 or 1.2");
  await expect(changeVersion(services, scope, crypto.randomUUID(), { to: "1.2" })).rejects.toThrow("There is no such integration.");
});
