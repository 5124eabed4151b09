import { expect, test } from "vitest";
import { csvLine } from "./write.ts";

test("cells are quoted where they must be and nowhere else", () => {
  expect(csvLine(["a", 1, null, true, "b,c", 'say "hi"', "two\nlines", " edge"], "exact")).toBe(
    'a,1,,true,"b,c","say ""hi""","two\nlines"," edge"\r\n',
  );
});

test.each(["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1+1", "＠SUM(A1)", "﹦1"])(
  "%j is no formula for people, and exact for programs",
  (text) => {
    expect(csvLine([text], "forPeople")).toContain(`'${text}`);
    expect(csvLine([text], "exact")).not.toContain("'");
  },
);

test("a negative number stays a number", () => {
  expect(csvLine([-12, "-0.5", "+1"], "forPeople")).toBe("-12,-0.5,+1\r\n");
});
