import { expect, test } from "vitest";
import { forNodePostgres, transportOf, transportWarning } from "./tls.ts";

test.each([
  ["postgres://aivo@localhost/aivo", "local"],
  ["postgres://aivo@127.0.0.1:5433/aivo", "local"],
  ["postgres://aivo@127.9.8.7/aivo?sslmode=disable", "local"],
  ["postgres://aivo@[::1]/aivo", "local"],
  ["postgres:///aivo", "local"],
  ["postgres:///aivo?host=/run/postgresql", "local"],
  ["postgres://aivo@%2Frun%2Fpostgresql/aivo", "local"],
  ["postgres://aivo@localhost/aivo?sslmode=verify-full", "verified"],
  ["postgres://aivo@db.example.org/aivo?sslmode=verify-full", "verified"],
  ["postgres://aivo@db.example.org/aivo?sslmode=verify-ca", "verified"],
  ["postgres://aivo@db.example.org/aivo?sslmode=require", "unverified"],
  ["postgres://aivo@10.0.0.5/aivo?sslmode=disable", "open"],
  ["postgres://aivo@db.example.org/aivo", "unsaid"],
  ["postgres://aivo@10.0.0.5/aivo?sslmode=prefer", "unsaid"],
  ["postgres://aivo@db.example.org/aivo?sslmode=allow", "unsaid"],
  ["postgres://aivo@db.example.org/aivo?sslmode=", "unsaid"],
  ["postgres://aivo@localhost.example.org/aivo", "unsaid"],
  ["postgres://aivo@127.0.0.1.example.org/aivo", "unsaid"],
  ["postgres:///aivo?host=db.example.org", "unsaid"],
])("what goes to %s is %s", (url, transport) => {
  expect(transportOf(url)).toBe(transport);
  expect(transportWarning(transportOf(url)) === null).toBe(transport === "local" || transport === "verified");
});

test("the queue's driver connects in the way that was meant", () => {
  expect(forNodePostgres("postgres://a@b/c?sslmode=require")).toBe("postgres://a@b/c?sslmode=no-verify");
  expect(forNodePostgres("postgres://a@b/c?sslmode=verify-ca")).toBe("postgres://a@b/c?sslmode=verify-full");
  expect(forNodePostgres("postgres://a@b/c?sslmode=verify-full")).toBe("postgres://a@b/c?sslmode=verify-full");
});
