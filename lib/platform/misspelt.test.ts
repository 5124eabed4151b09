import { expect, test } from "vitest";
import { variableNames } from "./env.ts";
import { misspelt } from "./misspelt.ts";

test("a variable that is none is found, with the one that was meant; what is one, or another program's, is not", () => {
  expect(
    misspelt({ AIVO_SMPT_URL: "smtp://mail", AIVO_TRUSTED_PROXY: "10.0.0.0/8", NEXTAUTH_URI: "x", AIVO_COFFEE_STRENGTH: "9" }),
  ).toEqual([
    { name: "AIVO_COFFEE_STRENGTH", meant: null },
    { name: "AIVO_SMPT_URL", meant: "AIVO_SMTP_URL" },
    { name: "AIVO_TRUSTED_PROXY", meant: "AIVO_TRUSTED_PROXIES" },
    { name: "NEXTAUTH_URI", meant: "NEXTAUTH_URL" },
  ]);
  expect(misspelt({ ...Object.fromEntries(variableNames.map((name) => [name, ""])), PATH: "/bin", DATABASE: "x", AIVO_SEED: "1" })).toEqual(
    [],
  );
});
