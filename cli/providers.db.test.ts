import { afterAll, beforeAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { removeIntegration } from "#lib/services/integrations/write.ts";
import { type FourProviders, startFourProviders, ways } from "./testing/four-providers.ts";

let four: FourProviders;
const known = new Map<string, { district: string; integration: string }>();

beforeAll(async () => {
  four = await startFourProviders({ users: 150, seed: 11, daysPerYear: 25 });
  for (const way of ways) {
    const district = await four.newDistrict();
    known.set(way, { district, integration: await four.add(district, way) });
  }
}, 120_000);
afterAll(() => four.close());

async function syncAll() {
  const ended = new Map<string, Awaited<ReturnType<FourProviders["sync"]>>>();
  for (const way of ways) {
    const { district = "", integration = "" } = known.get(way) ?? {};
    ended.set(way, await four.sync(district, integration));
  }
  return ended;
}

async function expectOneRoster() {
  const [first = [], ...others] = await Promise.all(ways.map((way) => four.roster(known.get(way)?.district ?? "")));
  for (const [index, other] of others.entries()) {
    const [missing, extra] = [first.filter((line) => !other.includes(line)), other.filter((line) => !first.includes(line))];
    expect({ way: ways[index + 1], missing: missing.slice(0, 5), extra: extra.slice(0, 5) }).toEqual({
      way: ways[index + 1],
      missing: [],
      extra: [],
    });
    expect(other).toHaveLength(first.length);
  }
  return first;
}

test("one district through four protocols, OneRoster in both versions, is one roster", async () => {
  for (const [provider, run] of await syncAll()) expect([provider, run.state, run.failure]).toEqual([provider, "succeeded", null]);
  expect((await expectOneRoster()).length).toBeGreaterThan(500);
}, 300_000);

/** Thirty with `npm run test:histories`. */
const schoolDays = Number(process.env.AIVO_SCHOOL_DAYS ?? 3);

test(`and still is after ${schoolDays} school days, read as changes only`, async () => {
  const deltas = new Set<string>();
  while (four.district.day < schoolDays) {
    four.pass(3_600_000);
    four.district.advance(1 + (four.district.day % 4));
    four.pass(3_600_000);
    for (const [provider, run] of await syncAll()) {
      expect([provider, run.state, run.failure]).toEqual([provider, "succeeded", null]);
      if (run.input?.modes.users === "delta") deltas.add(provider);
    }
    await expectOneRoster();
  }
  expect([...deltas].sort()).toEqual(["classlink", "clever", "oneroster-rest", "oneroster-rest 1.2"]);
}, 900_000);

test("classes that Clever calls otherwise, without number and course, are the same classes", async () => {
  const district = await four.newDistrict();
  expect((await four.sync(district, await four.add(district, "oneroster-csv"))).state).toBe("succeeded");
  const before = await four.roster(district);
  four.sandbox.faults.break({ kind: "own-names", server: "clever" });
  const moved = await four.sync(district, await four.add(district, "clever"));
  four.sandbox.faults.mend("own-names");
  expect([moved.state, moved.failure]).toEqual(["succeeded", null]);
  const { course: _, ...others } = moved.totals ?? {};
  for (const totals of Object.values(others)) expect(totals).toMatchObject({ created: 0, deactivated: 0, reactivated: 0 });
  expect(await four.roster(district)).toEqual(before);
}, 300_000);

test("moving a district to another provider makes no account, class or membership twice and deactivates nobody", async () => {
  const district = await four.newDistrict();
  const old = await four.add(district, "oneroster-csv");
  expect((await four.sync(district, old)).state).toBe("succeeded");
  const before = await four.roster(district);

  const next = await four.add(district, "clever");
  const moved = await four.sync(district, next);
  expect([moved.state, moved.failure]).toEqual(["succeeded", null]);
  for (const totals of Object.values(moved.totals ?? {})) expect(totals).toMatchObject({ created: 0, deactivated: 0, reactivated: 0 });
  expect(await four.roster(district)).toEqual(before);

  await removeIntegration(four.kit.services, operatorScope(district), old);
  four.pass(3_600_000);
  four.district.advance(2);
  four.pass(3_600_000);
  expect((await four.sync(district, next)).state).toBe("succeeded");
  const alone = known.get("clever") ?? { district: "", integration: "" };
  expect((await four.sync(alone.district, alone.integration)).state).toBe("succeeded");
  expect(await four.activeRoster(district)).toEqual(await four.activeRoster(alone.district));
}, 300_000);
