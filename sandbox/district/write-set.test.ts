import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { shapeOf } from "./shape.ts";
import { type SetOptions, writeSet } from "./write-set.ts";

const home = mkdtempSync(join(tmpdir(), "aivo-sandbox-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

let sets = 0;
function written(options: Partial<SetOptions> & { users?: number; seed?: number } = {}) {
  const directory = join(home, String(++sets));
  const shape = shapeOf({ users: options.users ?? 1200, seed: options.seed ?? 7, name: "Cedar Falls Unified" });
  writeSet({ shape, day: 0, mode: "bulk", directory, blemishes: false, ...options });
  const rows = (file: string) => parse(readFileSync(join(directory, `${file}.csv`), "utf8"));
  const text = (file: string) => readFileSync(join(directory, `${file}.csv`), "utf8");
  return { rows, text };
}

/** Column name → cell, for sets without quoted newlines, which these are. */
function parse(text: string): Record<string, string>[] {
  const lines = text
    .trimEnd()
    .split("\r\n")
    .map((line) =>
      [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? ""),
    );
  const [header = [], ...rows] = lines;
  return rows.map((cells) => Object.fromEntries(header.map((name, at) => [name, cells[at] ?? ""])));
}

test("the same seed gives the same bytes, another seed another district", () => {
  const users = written().text("users");
  expect(written().text("users")).toBe(users);
  expect(written({ seed: 8 }).text("users")).not.toBe(users);
});

test("ids are unique, every reference resolves, a learner has seven classes", () => {
  const { rows } = written({ users: 3000 });
  const ids = (file: string) => new Set(rows(file).map((row) => row.sourcedId));
  for (const file of ["orgs", "courses", "classes", "users", "enrollments"]) expect(ids(file).size).toBe(rows(file).length);
  const [orgs, courses, classes, users, terms] = [ids("orgs"), ids("courses"), ids("classes"), ids("users"), ids("academicSessions")];
  for (const row of rows("classes")) {
    expect(courses.has(row.courseSourcedId) && orgs.has(row.schoolSourcedId)).toBe(true);
    expect((row.termSourcedIds ?? "").split(",").every((term) => terms.has(term))).toBe(true);
  }
  const seats = new Map<string, number>();
  for (const row of rows("enrollments")) {
    expect(classes.has(row.classSourcedId) && users.has(row.userSourcedId)).toBe(true);
    if (row.role === "student") seats.set(row.userSourcedId ?? "", (seats.get(row.userSourcedId ?? "") ?? 0) + 1);
  }
  expect(new Set(seats.values())).toEqual(new Set([7]));
  const emails = rows("users").map((row) => row.email);
  expect(new Set(emails).size).toBe(emails.length);
});

test("a day changes about one learner in a hundred, in every way", () => {
  const [before, after] = [written({ users: 20_000 }), written({ users: 20_000, day: 1 })];
  const learners = (set: typeof before) =>
    new Map(
      set
        .rows("users")
        .filter((row) => row.role === "student")
        .map((row) => [row.sourcedId, row.familyName]),
    );
  const [were, are] = [learners(before), learners(after)];
  const left = [...were.keys()].filter((id) => !are.has(id)).length;
  const arrived = [...are.keys()].filter((id) => !were.has(id)).length;
  const renamed = [...are].filter(([id, name]) => were.has(id) && were.get(id) !== name).length;
  const enrollments = new Set(before.rows("enrollments").map((row) => row.sourcedId));
  const moved = new Set(
    after
      .rows("enrollments")
      .filter((row) => !enrollments.has(row.sourcedId) && were.has(row.userSourcedId ?? ""))
      .map((row) => row.userSourcedId),
  ).size;
  for (const count of [left, arrived, renamed, moved]) expect(count).toBeGreaterThan(10);
  expect((left + arrived + renamed + moved) / were.size).toBeGreaterThan(0.006);
  expect((left + arrived + renamed + moved) / were.size).toBeLessThan(0.014);
});

test("who withdrew comes back with the same id on a later day", () => {
  const days = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(
    (day) =>
      new Set(
        written({ users: 6000, day })
          .rows("users")
          .map((row) => row.sourcedId),
      ),
  );
  const returned = [...(days[0] ?? [])].filter((id) => days.some((day) => !day.has(id)) && days.at(-1)?.has(id));
  expect(returned.length).toBeGreaterThan(0);
});

test("yesterday's export with today's delta is today's export", () => {
  const [yesterday, today, delta] = [written({ day: 4 }), written({ day: 5 }), written({ day: 5, mode: "delta" })];
  for (const file of ["users", "enrollments"]) {
    const state = new Map(yesterday.rows(file).map((row) => [row.sourcedId, row]));
    for (const row of delta.rows(file)) {
      if (row.status === "tobedeleted") state.delete(row.sourcedId);
      else state.set(row.sourcedId, { ...row, status: "", dateLastModified: "" });
    }
    const ofLearners = (rows: Iterable<Record<string, string>>) =>
      [...rows].filter((row) => row.role === "student").sort((a, b) => ((a.sourcedId ?? "") < (b.sourcedId ?? "") ? -1 : 1));
    expect(ofLearners(state.values())).toEqual(ofLearners(today.rows(file)));
  }
});

test("the mistakes are there when asked for", () => {
  const { rows } = written({ blemishes: true });
  expect(rows("users").filter((row) => row.email === "the.parents@families.example")).toHaveLength(2);
  expect(rows("users").filter((row) => row.sourcedId === "")).toHaveLength(1);
  expect(rows("enrollments").find((row) => row.sourcedId === "X-ENR-1")?.userSourcedId).toBe("S1999999");
});
