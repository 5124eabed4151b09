import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rolesDocument } from "./roles-doc.ts";

test("docs/roles.md is what the tables say (else: node app/roles-doc.ts > docs/roles.md)", () => {
  expect(readFileSync(new URL("../docs/roles.md", import.meta.url), "utf8")).toBe(rolesDocument());
});
