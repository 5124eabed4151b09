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

test("the address that people use is https, but on the machine itself", () => {
  const told = (url: string) => () => parseEnv({ ...complete, NEXTAUTH_URL: url });
  for (const url of ["https://aivo.example.org", "http://localhost:3000", "http://127.0.0.1:8080", "http://[::1]:8080"])
    expect(told(url), url).not.toThrow();
  for (const url of [
    "http://aivo.example.org",
    "http://localhost.example.org",
    "http://10.0.0.7",
    "HTTP://aivo.example.org",
    "ftp://localhost",
    "aivo",
  ])
    expect(told(url), url).toThrow(/^ {2}NEXTAUTH_URL: must be an https:\/\/ URL/m);
});
