import { expect, test } from "vitest";
import { fullName, sortedName } from "./person-name.ts";

test.each([
  [{ givenName: "Claire", middleName: "Ann", familyName: "Baker" }, "Claire Ann Baker", "Baker, Claire Ann"],
  [{ givenName: "Claire", middleName: null, familyName: "Baker" }, "Claire Baker", "Baker, Claire"],
  [{ givenName: "", middleName: null, familyName: "Suharto" }, "Suharto", "Suharto"],
  [{ givenName: "Pelé", middleName: null, familyName: "" }, "Pelé", "Pelé"],
])("%j", (parts, full, sorted) => {
  expect([fullName(parts), sortedName(parts)]).toEqual([full, sorted]);
});
