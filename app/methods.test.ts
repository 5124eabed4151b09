import { expect, test } from "vitest";
import { pageDoors, routeDoors } from "./doors.ts";
import { addressAt } from "./methods.ts";

/** An address that a pattern stands for. */
const example = (pattern: string) =>
  pattern
    .replace("/[[...path]]", "")
    .replace(/\[\.\.\.\w+\]/, "a/b")
    .replaceAll(/\[\w+\]/g, "some");

test("every page takes what is looked at, and calls of actions", () => {
  for (const page of Object.keys(pageDoors))
    expect([page, addressAt(example(page))]).toEqual([page, { kind: "page", methods: ["GET", "HEAD", "POST"], fits: expect.any(RegExp) }]);
});

test("every route takes the methods that it has, and those that come with them", () => {
  for (const door of Object.keys(routeDoors)) {
    const [method = "", pattern = ""] = door.split(" ");
    expect([door, addressAt(example(pattern)).methods]).toEqual([door, expect.arrayContaining([method, "OPTIONS"])]);
  }
  expect(addressAt("/api/find").methods).toEqual(["OPTIONS", "POST"]);
  expect(addressAt("/api/runs/1").methods).toEqual(["GET", "HEAD", "OPTIONS"]);
  expect(addressAt("/api/v1/openapi.json").methods).toEqual(["GET", "HEAD", "OPTIONS"]);
  expect(addressAt("/api/v1/roster/people").kind).toBe("program");
  expect(addressAt("/api/auth/callback/credentials").methods).toEqual(["OPTIONS", "POST"]);
  expect(addressAt("/api/auth/session").methods).toEqual(["GET", "HEAD", "OPTIONS", "POST"]);
});

test("what is named comes before what stands for anything, and what is nowhere is unknown", () => {
  expect(addressAt("/roster/learners").kind).toBe("page");
  expect(addressAt("/integrations/new").methods).toEqual(["GET", "HEAD", "POST"]);
  expect(addressAt("/roster/learners/").kind).toBe("page");
  expect(addressAt("/nowhere").kind).toBe("unknown");
  expect(addressAt("/api/nowhere").kind).toBe("unknown");
});
