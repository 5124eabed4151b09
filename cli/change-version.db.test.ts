/** The sandbox's SIS goes over from OneRoster 1.1 to 1.2 on a day of the school year, with other ids and with people whose two records become one. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { changeVersion } from "#lib/services/integrations/change-version.ts";
import { approveRun } from "#lib/services/runs/decide-plan.ts";
import { infiniteCampus, VersionCalendar } from "#sandbox/district/habits.ts";
import { type FourProviders, startFourProviders } from "./testing/four-providers.ts";

const versions = new VersionCalendar("1.1");
const vendor = "goes over to 1.2";
const ways = ["oneroster-csv", "oneroster-rest"] as const;

let four: FourProviders;
beforeAll(async () => {
  four = await startFourProviders({ users: 150, seed: 11, daysPerYear: 25 }, { [vendor]: { habits: infiniteCampus, versions } });
}, 120_000);
afterAll(() => four.close());

test("on the tenth day no account is created or deactivated by it, by files and by REST, and the roster goes on as that of 1.1", async () => {
  const plain = await four.newDistrict();
  const reference = { district: plain, integration: await four.add(plain, "oneroster-csv") };
  const moving: { readonly way: string; readonly district: string; readonly integration: string }[] = [];
  for (const way of ways) {
    const district = await four.newDistrict();
    moving.push({ way, district, integration: await four.addVendor(district, vendor, way) });
  }
  const syncAll = async () => {
    for (const { district, integration } of [reference, ...moving]) {
      const run = await four.sync(district, integration);
      expect([run.state, run.failure]).toEqual(["succeeded", null]);
    }
    const expected = await four.roster(reference.district);
    for (const { way, district } of moving) {
      const found = await four.roster(district);
      const missing = expected.filter((line) => !found.includes(line)).slice(0, 5);
      const extra = found.filter((line) => !expected.includes(line)).slice(0, 5);
      expect({ way, missing, extra }).toEqual({ way, missing: [], extra: [] });
    }
  };
  const passDays = (days: number) => {
    four.pass(3_600_000);
    four.district.advance(days);
    four.pass(3_600_000);
  };
  await syncAll();
  for (const days of [4, 6]) {
    passDays(days);
    await syncAll();
  }

  versions.change(four.district.day, "1.2");
  four.pass(3_600_000);
  for (const { way, district, integration } of moving) {
    const scope = operatorScope(district);
    const before = await four.roster(district);
    const night = await four.sync(district, integration);
    expect([way, night.state, night.failure?.code]).toEqual([way, "failed", "version-changed"]);
    expect(await four.roster(district)).toEqual(before);

    const asked = await changeVersion(four.kit.services, scope, integration, { to: "1.2" });
    if (!asked.ok) throw new Error(asked.reason);
    const shown = await four.execute(district, asked.runId);
    expect([way, shown.state, shown.failure]).toEqual([way, "previewed", null]);
    expect(shown.input?.versionChange).toMatchObject({ to: "1.2", created: 0, ambiguous: 0, gone: 0, merged: 0 });
    expect(shown.input?.versionChange?.linked["legacy-id"]).toBeGreaterThan(100);
    const approved = await approveRun(four.kit.services, scope, asked.runId);
    if (!approved.ok) throw new Error(approved.reason);
    const applied = await four.execute(district, approved.runId);
    expect([way, applied.state, applied.failure]).toEqual([way, "succeeded", null]);
    for (const totals of Object.values(applied.totals ?? {})) expect(totals).toMatchObject({ created: 0, deactivated: 0, reactivated: 0 });
  }
  await syncAll();
  passDays(2);
  await syncAll();
}, 300_000);
