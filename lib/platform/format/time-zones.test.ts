import { expect, test } from "vitest";
import { formatTimeZone, timeZoneGroups } from "./time-zones.ts";

test.each([
  ["America/Chicago", "Central Time (Chicago)"],
  ["Asia/Kathmandu", "Kathmandu"],
  ["America/Argentina/Buenos_Aires", "Buenos Aires, Argentina"],
  ["UTC", "UTC"],
])("%s is called %s", (zone, label) => {
  expect(formatTimeZone(zone)).toBe(label);
});

test("every zone of the runtime can be chosen once, by today's name, those of the United States first", () => {
  const groups = timeZoneGroups(Intl.supportedValuesOf("timeZone"), "America/Chicago");
  const values = groups.flatMap(({ zones }) => zones.map(({ value }) => value));
  expect(new Set(values).size).toBe(values.length);
  expect(groups[0]?.label).toBe("United States");
  expect(values).toEqual(expect.arrayContaining(["Asia/Kathmandu", "Europe/Kyiv", "America/St_Johns", "UTC"]));
  for (const zone of values) expect(() => new Intl.DateTimeFormat("en-US", { timeZone: zone }), zone).not.toThrow();
});

test("what is stored can be seen, also under a name that is not offered", () => {
  const values = timeZoneGroups(["Asia/Katmandu"], "Asia/Katmandu").flatMap(({ zones }) => zones.map(({ value }) => value));
  expect(values).toEqual(expect.arrayContaining(["Asia/Katmandu", "Asia/Kathmandu"]));
});
