import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Role, roles } from "#lib/platform/roles.ts";
import { actionDoors, type Door, opensTo, pageDoors, routeDoors } from "./doors.ts";

const files = readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(import.meta.dirname.length));
const textOf = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8");
/** Folders in brackets name a group and are no part of an address. */
const addressOf = (file: string) => file.replace(/\/\([^)]+\)/g, "").replace(/\/(page\.tsx|route\.ts)$/, "") || "/";

test("every page of the source is a door, and every door of a page is there", () => {
  expect(
    files
      .filter((file) => file.endsWith("/page.tsx"))
      .map(addressOf)
      .toSorted(),
  ).toEqual(Object.keys(pageDoors).toSorted());
});

test("every server action is a door, and every door of an action is there", () => {
  const actions = files
    .filter((file) => file.endsWith(".ts") && textOf(file).startsWith('"use server"'))
    .flatMap((file) => [...textOf(file).matchAll(/^export async function (\w+)/gm)].map(([, name = ""]) => name));
  expect([...new Set(actions)].toSorted()).toEqual(Object.keys(actionDoors).toSorted());
});

test("every route handler is a door, and every door of a route is there", () => {
  const handlers = files
    .filter((file) => file.endsWith("/route.ts"))
    .flatMap((file) =>
      [...textOf(file).matchAll(/^export .*/gm)]
        .flatMap(([line]) => [...line.matchAll(/\b(?:function|as) (GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE)\b/g)])
        .map(([, method]) => `${method} ${addressOf(file)}`),
    );
  expect(handlers.toSorted()).toEqual(Object.keys(routeDoors).toSorted());
});

const doors = Object.entries({ ...pageDoors, ...actionDoors, ...routeDoors });
const opened = (role: Role) => doors.filter(([, door]) => opensTo(door, role)).map(([name]) => name);
const isOfPortal = (door: Door) => door.needs !== "own" && door.needs !== "nothing" && door.needs !== "program";

describe("of what the table says", () => {
  test("nobody opens a door of the portal who is not signed in, a teacher or a learner", () => {
    for (const [name, door] of doors)
      for (const role of [null, "teacher", "learner"] as const)
        expect([name, isOfPortal(door) && opensTo(door, role)]).toEqual([name, false]);
  });

  test("a district admin opens every door but those of programs", () => {
    expect(opened("admin")).toEqual(doors.filter(([, door]) => door.needs !== "program").map(([name]) => name));
  });

  test("an auditor changes nothing but what is their own", () => {
    const changing = Object.entries(actionDoors).filter(([, door]) => isOfPortal(door) && opensTo(door, "auditor"));
    expect(changing.map(([name]) => name)).toEqual(["verifyChain"]);
  });

  test("an integration admin does not reach the team, the settings, retention and erasing", () => {
    const reached = opened("integration-admin");
    for (const closed of [
      "/settings",
      "/settings/team",
      "/settings/retention",
      "/audit-log",
      "giveRole",
      "saveDistrict",
      "erasePersonData",
      "savePerson",
    ])
      expect(reached).not.toContain(closed);
    expect(reached).toContain("saveConnection");
  });

  test("a school admin reaches the roster alone", () => {
    const reached = doors.filter(([, door]) => isOfPortal(door) && opensTo(door, "school-admin")).map(([name]) => name);
    expect(reached.filter((name) => !/^(\w+ )?\/(api\/)?(roster|why|help|find|people)|^\/settings\/password$/.test(name))).toEqual([]);
  });

  test("every role is one that can be looked up", () => {
    expect(Object.keys(roles)).toEqual(["admin", "integration-admin", "auditor", "school-admin", "teacher", "learner"]);
  });
});
