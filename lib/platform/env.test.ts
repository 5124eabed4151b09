import { expect, test } from "vitest";
import { parseEnv } from "./env.ts";

const complete = {
  DATABASE_URL: "postgres://aivo@localhost/aivo",
  NEXTAUTH_SECRET: "s".repeat(32),
  AIVO_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString("base64")}`,
};

test.each([
  [undefined, 24],
  ["1", 1],
  ["240", 240],
])("AIVO_HISTORY_MONTHS=%s keeps %i months", (value, months) => {
  expect(parseEnv({ ...complete, AIVO_HISTORY_MONTHS: value }).historyMonths).toBe(months);
});

test.each(["0", "-3", "241", "1.5", "two", "", "1e9", "Infinity"])("AIVO_HISTORY_MONTHS=%s is refused, with what it may be", (value) => {
  expect(() => parseEnv({ ...complete, AIVO_HISTORY_MONTHS: value })).toThrow(
    expect.objectContaining({
      code: "precondition",
      message: expect.stringMatching(/^ {2}AIVO_HISTORY_MONTHS: must be a whole number of months, from 1 to 240$/m),
    }),
  );
});

test.each(["DATABASE_URL", "AIVO_DISTRICT_DATABASE_URL"])("%s of another machine has to say how the way there is protected", (variable) => {
  const told = (url: string) => () => parseEnv({ ...complete, [variable]: url });
  expect(told("postgres://aivo@db.example.org/aivo")).toThrow(
    new RegExp(`^ {2}${variable}: leads to another machine.*sslmode=verify-full`, "m"),
  );
  expect(told("postgres://aivo@db.example.org/aivo?sslmode=prefer")).toThrow(/sslmode=verify-full/);
  for (const mode of ["verify-full", "verify-ca", "require", "disable"])
    expect(told(`postgres://aivo@db.example.org/aivo?sslmode=${mode}`)).not.toThrow();
});
