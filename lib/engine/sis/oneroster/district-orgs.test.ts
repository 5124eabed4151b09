import { expect, test } from "vitest";
import { type DistrictOrg, districtOrgsOf, isAnotherDistrict } from "./district-orgs.ts";

const cedar: DistrictOrg = { sourcedId: "1", name: "Cedar Falls Unified", identifier: "1044" };
const guid = "00000001-0abc-4def-9012-3456789a0000";

test.each<[what: string, now: DistrictOrg, isAnother: boolean]>([
  ["itself", cedar, false],
  ["itself, written otherwise", { ...cedar, name: " CEDAR  Falls Unified" }, false],
  ["renamed", { ...cedar, name: "Cedar Valley Unified" }, false],
  ["numbered anew by the vendor", { ...cedar, sourcedId: guid }, false],
  ["numbered anew by vendor and state", { ...cedar, sourcedId: guid, identifier: "9" }, false],
  ["renamed, without a number", { ...cedar, name: "Cedar Valley Unified", identifier: null }, false],
  ["without a name", { sourcedId: "2", name: null, identifier: "9" }, false],
  ["another with the same short id", { sourcedId: "1", name: "Maple Grove Unified", identifier: "2208" }, true],
  ["another with an id of its own", { sourcedId: "2", name: "Maple Grove Unified", identifier: "2208" }, true],
  ["another without a number", { sourcedId: "2", name: "Maple Grove Unified", identifier: null }, true],
])("a district is %s", (_what, now, isAnother) => expect(isAnotherDistrict([cedar], [now])).toBe(isAnother));

test("an id that nobody else has is the same district under any name and number", () => {
  const before = { ...cedar, sourcedId: guid };
  expect(isAnotherDistrict([before], [{ sourcedId: guid, name: "Cedar Valley Unified", identifier: "9" }])).toBe(false);
});

test("of several, one that is there still is enough; where nothing is said, nothing is doubted", () => {
  const maple = { sourcedId: "2", name: "Maple Grove Unified", identifier: "2208" };
  const third = { sourcedId: "3", name: "Oak Hill", identifier: "3" };
  expect(isAnotherDistrict([cedar, maple], [third, cedar])).toBe(false);
  expect(isAnotherDistrict([cedar, maple], [third])).toBe(true);
  expect(isAnotherDistrict([], [cedar])).toBe(false);
  expect(isAnotherDistrict([cedar], [])).toBe(false);
});

test("what is kept of a district is short, and can be stored, whatever its record says", async () => {
  const place = { part: "/orgs", position: 1 };
  const org = (fields: Record<string, string>) => ({ place, fields: { type: "district", ...fields } });
  const records = [
    org({ sourcedId: "\0", name: "Without an id that can be kept" }),
    org({ sourcedId: "1", name: `Cedar\0 \ud800${"x".repeat(60_000)}`, identifier: "\u200b" }),
  ];
  const [found, ...others] = await districtOrgsOf(
    (async function* () {
      yield { collection: "orgs" as const, records, rejected: [] };
    })(),
  );
  expect(others).toEqual([]);
  expect(found).toMatchObject({ sourcedId: "1", identifier: null });
  expect(found?.name).toMatch(/^Cedar \ufffdx{240,}$/);
  expect(found?.name?.length).toBeLessThanOrEqual(255);
});
