import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { placed } from "#lib/services/views/words.ts";
import { actionDoors, type Door, pageDoors, routeDoors } from "./doors.ts";

const files = readdirSync(import.meta.dirname, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.ts$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name).slice(import.meta.dirname.length));
const texts = new Map(files.map((file) => [file, readFileSync(join(import.meta.dirname, file), "utf8")]));
const addressOf = (file: string) => file.replace(/\/\([^)]+\)/g, "").replace(/\/(page\.tsx|route\.ts)$/, "") || "/";

/** What the source of a page, route or action is made of inside app/, itself first: what it takes from components and lib shows what it is given. */
function sourcesOf(file: string, seen: Set<string> = new Set()): readonly string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const folder = file.slice(0, file.lastIndexOf("/"));
  const named = [...(texts.get(file) ?? "").matchAll(/from "(#app\/|\.\/)([^"]+)"/g)];
  const inner = named.map(([, from, path]) => (from === "./" ? `${folder}/${path}` : `/${path}`)).filter((one) => texts.has(one));
  // What actions answer is their own door's, not that of the page which hands them on.
  return [file, ...inner.filter((one) => !texts.get(one)?.startsWith('"use server"')).flatMap((one) => sourcesOf(one, seen))];
}

interface Place {
  readonly name: string;
  readonly door: Door;
  readonly file: string;
}

const pages = Object.entries(pageDoors).map(([name, door]) => ({ name, door, file: fileOf("/page.tsx", name) }));
const routes = Object.entries(routeDoors).map(([name, door]) => ({ name, door, file: fileOf("/route.ts", name.split(" ")[1] ?? "") }));
const actions = Object.entries(actionDoors).map(([name, door]) => ({
  name,
  door,
  file:
    files.find((file) => texts.get(file)?.startsWith('"use server"') && texts.get(file)?.includes(`export async function ${name}(`)) ?? "",
}));
const places: readonly Place[] = [...pages, ...routes, ...actions];
const showing = places.filter(({ door }) => door.shows === "people");

function fileOf(end: string, address: string): string {
  return files.find((file) => file.endsWith(end) && addressOf(file) === address) ?? "";
}

const textOf = ({ file }: Place) =>
  sourcesOf(file)
    .map((one) => texts.get(one) ?? "")
    .join("\n");

/** What is asked of a service that names people. A new one is added here, and whoever calls it is then a door that shows people. */
const tellers =
  /\b(readPersonRecord|readClassroomRecord|readSchoolRecord|listPeople|exportPeople|exportPerson|searchWhy|whyPerson|listConflicts|listDecisions|getConflict|searchAccounts|withheldPage|readPartRecords|listChanges|exportChanges|readWhoChanged|readPeopleChanged|readHeldPlan|listIssues|getIssue|exportIssues|listEdits|exportEdits|previewRetention|listHolds|listAccounts|listAudit|exportAudit|listViews|exportViews|readOverview|listOwnClassrooms|previewUndo|find|findPeople|aboutOf|readList|readSingle)\((?:await services\(\)|opened|services)\b/;

describe.each(showing.map((place) => [place.name, place] as const))("%s", (name, place) => {
  test("records whom it shows, by its own name", () => {
    expect(existsSync(join(import.meta.dirname, place.file))).toBe(true);
    const text = textOf(place);
    expect(text).toMatch(/\b(show|showEach)(<\w+>)?\(/);
    // Programs' doors say which operation it was.
    if (place.door.needs !== "program") expect(text).toContain(`"${name}"`);
  });

  test("has words for who looks at what was recorded", () => {
    if (place.door.needs !== "program") expect(placed).toContain(name);
  });
});

test("whatever asks a service that names people is a door that shows people", () => {
  const unmarked = places.filter((place) => place.door.shows !== "people" && tellers.test(texts.get(place.file) ?? ""));
  // An action's file has several.
  expect(unmarked.filter(({ file }) => !texts.get(file)?.startsWith('"use server"')).map(({ name }) => name)).toEqual([]);
});

test("there are words for doors that are there, and for no other", () => {
  expect([...placed].toSorted()).toEqual(
    showing
      .filter(({ door }) => door.needs !== "program")
      .map(({ name }) => name)
      .toSorted(),
  );
});
