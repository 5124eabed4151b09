import { expect, test } from "vitest";
import { z } from "zod";
import { credentialForms } from "#lib/engine/sis/credentials.ts";
import { inOurWords } from "#lib/platform/format/issue-words.ts";
import { parseOrRefuse } from "./parse.ts";

const wordsFor = (schema: z.ZodType, input: unknown) =>
  schema.safeParse(input, { error: inOurWords }).error?.issues.map((one) => one.message);

test.each([
  [z.string(), undefined, "Missing"],
  [z.string(), 3, "Expected text"],
  [z.string().trim().min(1), "  ", "Missing"],
  [z.string().min(8), "short", "Enter at least 8 characters"],
  [z.string().max(3), "too long", "Enter at most 3 characters"],
  [z.coerce.number().min(1), "0", "Enter 1 or more"],
  [z.coerce.number().max(31), "40", "Enter 31 or less"],
  [z.coerce.number(), "soon", "Expected a number"],
  [z.int(), 1.5, "Expected a whole number"],
  [z.enum(["a", "b"]), "c", "Choose one of a, b"],
  [z.strictObject({}), { x: 1 }, "Aivo does not know x; leave it out"],
  [z.email(), "nobody", "This is not written in a way that Aivo can read"],
])("%#: the parser's text is not shown", (schema, input, words) => {
  expect(wordsFor(schema, input)).toEqual([words]);
});

test("a schema's own words come first", () => {
  expect(() => parseOrRefuse(z.object({ name: z.string({ error: "Enter a name" }) }), {}, "Not saved.")).toThrow(
    "Not saved. name: Enter a name.",
  );
});

test.each(Object.entries(credentialForms))(
  "no text of a library is shown for credentials of %s, whatever is typed",
  (_, { schema, fields }) => {
    for (const typed of ["", " ", "x".repeat(6000), "a b", "https://user@host/?#", 0, null, [], {}]) {
      const said = wordsFor(schema, Object.fromEntries(fields.map((field) => [field, typed]))) ?? [];
      for (const words of said) expect(words).not.toMatch(/invalid|expected string|too (small|big)|>=|<=|received|pattern/i);
    }
  },
);
