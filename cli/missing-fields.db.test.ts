import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openIssues } from "#lib/engine/testing/sync.ts";
import { defaultSafety } from "#lib/roster/guard/settings.ts";
import { type FourProviders, providerOf, startFourProviders } from "./testing/four-providers.ts";

/** A field that no record of a SIS carries any more is not a blank for everybody: through each protocol, by its own name of the field. */
let four: FourProviders;
beforeAll(async () => {
  four = await startFourProviders({ users: 120, seed: 17, daysPerYear: 100_000 });
}, 120_000);
afterAll(() => four.close());

const fields = [
  ["oneroster-rest", "email", "email"],
  ["oneroster-rest", "grades", "grades"],
  ["oneroster-rest", "identifier", "identifier"],
  ["oneroster-rest 1.2", "email", "email"],
  ["oneroster-rest 1.2", "grades", "grades"],
  ["classlink", "email", "email"],
  ["clever", "email", "email"],
  ["clever", "grade", "grades"],
  ["clever", "student_number", "identifier"],
] as const;

describe.each(["oneroster-rest", "oneroster-rest 1.2", "classlink", "clever"] as const)("%s", (way) => {
  test.each(fields.flatMap(([of, field, told]) => (of === way ? [[field, told] as const] : [])))(
    "without %s: what Aivo has is kept, one issue says so, and it goes on when the field is back",
    async (field, told) => {
      const district = await four.newDistrict();
      const integration = await four.add(district, way, defaultSafety);
      const read = async () => {
        await four.kit.services.db.sql`update integrations set cursor = null where id = ${integration}`;
        four.pass(3_600_000);
        const run = await four.sync(district, integration);
        expect([run.state, run.failure]).toEqual(["succeeded", null]);
        return run;
      };
      await read();
      const before = await four.roster(district);
      four.sandbox.faults.break({ kind: "field-missing", server: providerOf(way), field });
      const without = await read();
      four.sandbox.faults.mend();
      expect(await four.roster(district)).toEqual(before);
      const issues = (await openIssues(four.kit.services.db, without.id)).filter(({ code }) => code === "column-missing");
      expect(issues.map((issue) => issue.field)).toContain(told);
      await read();
      expect(await four.roster(district)).toEqual(before);
    },
    120_000,
  );
});
