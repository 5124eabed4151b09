import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { type Fault, type FaultKind, faultKinds } from "#sandbox/http/faults.ts";
import { type FourProviders, providerOf, startFourProviders, type Way, ways } from "./testing/four-providers.ts";
import { share } from "./testing/share.ts";

/**
 * Each fault of the sandbox at random moments of seeded runs. No run hangs or ends half-applied: it takes everything or
 * nothing; one that fails names its cause and a remedy; and once the weather is good again the next run is as if nothing
 * had happened.
 */
let four: FourProviders;
const known = new Map<string, { district: string; integration: string }>();
/** Each kind of fault, and more, with `npm run test:crashes`; here some of the first two dozen. */
const seeds = process.env.AIVO_WEATHER_RUNS ? upTo(Number(process.env.AIVO_WEATHER_RUNS)) : share(upTo(22), 4);

beforeAll(async () => {
  four = await startFourProviders({ users: 120, seed: 5, daysPerYear: 100_000 });
  for (const way of ways) {
    const district = await four.newDistrict();
    const integration = await four.add(district, way, { ...defaultSafety, minDeactivated: 5 });
    known.set(way, { district, integration });
    expect((await four.sync(district, integration)).state).toBe("succeeded");
  }
}, 120_000);
afterAll(() => four.close());

/** Mulberry32: the same draws for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

const byFiles: readonly Way[] = ["oneroster-csv", "oneroster-csv 1.2"];
const byHttp: readonly Way[] = ["oneroster-rest", "classlink", "clever", "oneroster-rest 1.2"];

/** What a record does not say where others do is blank, so that one page without a field is no weather but another roster. */
const kinds = (Object.keys(faultKinds) as FaultKind[]).filter((kind) => kind !== "field-missing");
/** Nothing that a test waits for is long, and nothing that a source waits for is waited for. */
const patience = { connectTimeoutMs: 5_000, idleTimeoutMs: 700, wait: async () => {} };
const summary = new Map<string, number>();

test.each(seeds)(
  "seed %i",
  async (seed) => {
    const roll = dice(seed * 7919 + 1);
    const kind = kinds[seed % kinds.length] ?? "reset";
    const isFileFault = kind === "half-file";
    const among = isFileFault ? byFiles : byHttp;
    const way = among[roll(among.length)] ?? "clever";
    const provider = providerOf(way);
    const isReference = way === "oneroster-csv";
    const { district = "", integration = "" } = known.get(way) ?? {};
    const reference = known.get("oneroster-csv") ?? { district: "", integration: "" };

    four.pass(3_600_000);
    four.district.advance(1);
    four.pass(3_600_000);
    const before = await four.roster(district);
    const fault: Fault = {
      kind,
      server: provider,
      atRequest: isFileFault ? 1 : 1 + roll(12),
      times: [1, 2, 50][roll(3)] ?? 1,
      delayMs: 50,
      retryAfterSeconds: 1,
      limit: 7,
    };
    // Every third run reads everything, the others what has changed.
    if (seed % 3 === 0) await four.kit.services.db.sql`update integrations set cursor = null where id = ${integration}`;
    four.sandbox.faults.break(fault);
    const run = await four.sync(district, integration, patience);
    four.sandbox.faults.mend();
    const after = await four.roster(district);
    const activeAfter = await four.activeRoster(district);
    if (kind === "revoked") four.sandbox.clever.authorization.authorize();

    const what = JSON.stringify({ seed, way, fault, state: run.state, failure: run.failure });
    const outcome = `${kind}: ${run.state}${run.failure ? ` (${run.failure.code})` : ""}`;
    summary.set(outcome, (summary.get(outcome) ?? 0) + 1);
    expect(["succeeded", "failed", "held"], what).toContain(run.state);
    if (run.state !== "succeeded") expect(after, what).toEqual(before);
    if (run.failure) {
      expect(run.failure.code, what).not.toBe("internal");
      expect(run.failure.message.length, what).toBeGreaterThan(20);
      expect(run.failure.remedy.length, what).toBeGreaterThan(10);
      for (const secret of Object.values(secretsOf(provider))) expect(JSON.stringify(run.failure), what).not.toContain(secret);
    }
    if (!isReference) {
      const good = await four.sync(reference.district, reference.integration, patience);
      expect(good.state, what).toBe("succeeded");
    }
    const expected = await four.activeRoster(reference.district);
    if (run.state === "succeeded" && !isReference) expect(activeAfter, what).toEqual(expected);
    const next = await four.sync(district, integration, patience);
    expect([next.state, next.failure], what).toEqual(["succeeded", null]);
    if (!isReference) expect(await four.activeRoster(district), what).toEqual(expected);
  },
  120_000,
);

test("what came of each fault", () => {
  const words = [...summary].sort().map(([what, count]) => `${count} × ${what}\n`);
  if (process.env.AIVO_WEATHER_RUNS) process.stdout.write(words.join(""));
  expect([...summary.values()].reduce((sum, count) => sum + count, 0)).toBe(seeds.length);
});

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, seed) => seed);
}

function secretsOf(provider: string): Record<string, string> {
  const { oneRoster, classLink, clever, csv } = four.sandbox;
  const all: Record<string, Record<string, string>> = {
    "oneroster-rest": { secret: oneRoster.credentials.clientSecret },
    classlink: { key: classLink.proxy.credentials.partnerKey, bearer: classLink.proxy.credentials.bearer },
    clever: { secret: clever.credentials.clientSecret },
    "oneroster-csv": { password: csv.credentials.password },
  };
  return all[provider] ?? {};
}
