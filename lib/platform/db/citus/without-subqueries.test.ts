import { expect, test } from "vitest";
import { withoutSubqueries } from "./without-subqueries.ts";

test("what a subquery of no table selects stands in its place", () => {
  expect(
    withoutSubqueries("(district_id = ( SELECT (NULLIF(current_setting('aivo.district_id'::text, true), ''::text))::uuid AS \"nullif\"))"),
  ).toBe("(district_id = ((NULLIF(current_setting('aivo.district_id'::text, true), ''::text))::uuid))");
  expect(withoutSubqueries("((a = ( SELECT f(')'::text) AS f)) AND (b = ANY ((( SELECT g('('::text) AS g))::uuid[])))")).toBe(
    "((a = (f(')'::text))) AND (b = ANY (((g('('::text)))::uuid[])))",
  );
  expect(withoutSubqueries("(collection = 'it''s ( a SELECT'::text)")).toBe("(collection = 'it''s ( a SELECT'::text)");
});

test("a subquery of a table is not taken for a value", () => {
  expect(() => withoutSubqueries("(a = ( SELECT k.key AS key\n   FROM keys k))")).toThrow("selects more than a value");
});
