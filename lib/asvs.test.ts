import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/asvs.md"), "utf8");
const states = ["holds", "falls short", "not applicable"] as const;

/** How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has, and those of level 3 within, which are left out. */
const sections: Readonly<Record<string, readonly number[]>> = {
  "V1.1": [1, 2],
  "V1.2": [1, 2, 3, 4, 5, 6, 7, 8, 9],
  "V1.3": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  "V1.4": [1, 2, 3],
  "V1.5": [1, 2],
  "V2.1": [1, 2, 3],
  "V2.2": [1, 2, 3],
  "V2.3": [1, 2, 3, 4],
  "V2.4": [1],
  "V3.2": [1, 2],
  "V3.3": [1, 2, 3, 4],
  "V3.4": [1, 2, 3, 4, 5, 6],
  "V3.5": [1, 2, 3, 4, 5],
  "V3.7": [1, 2],
  "V4.1": [1, 2, 3],
  "V4.2": [1],
  "V4.3": [1, 2],
  "V4.4": [1, 2, 3, 4],
  "V5.1": [1],
  "V5.2": [1, 2, 3],
  "V5.3": [1, 2],
  "V5.4": [1, 2, 3],
  "V6.1": [1, 2, 3],
  "V6.2": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  "V6.3": [1, 2, 3, 4],
  "V6.4": [1, 2, 3, 4],
  "V6.5": [1, 2, 3, 4, 5],
  "V6.6": [1, 2, 3],
  "V6.8": [1, 2, 3, 4],
  "V7.1": [1, 2, 3],
  "V7.2": [1, 2, 3, 4],
  "V7.3": [1, 2],
  "V7.4": [1, 2, 3, 4, 5],
  "V7.5": [1, 2],
  "V7.6": [1, 2],
  "V8.1": [1, 2],
  "V8.2": [1, 2, 3],
  "V8.3": [1],
  "V8.4": [1],
  "V9.1": [1, 2, 3],
  "V9.2": [1, 2, 3, 4],
  "V10.1": [1, 2],
  "V10.2": [1, 2],
  "V10.3": [1, 2, 3, 4],
  "V10.4": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  "V10.5": [1, 2, 3, 4, 5],
  "V10.6": [1, 2],
  "V10.7": [1, 2, 3],
  "V11.1": [1, 2],
  "V11.2": [1, 2, 3],
  "V11.3": [1, 2, 3],
  "V11.4": [1, 2, 3, 4],
  "V11.5": [1],
  "V11.6": [1],
  "V12.1": [1, 2, 3],
  "V12.2": [1, 2],
  "V12.3": [1, 2, 3, 4],
  "V13.1": [1],
  "V13.2": [1, 2, 3, 4, 5],
  "V13.3": [1, 2],
  "V13.4": [1, 2, 3, 4, 5],
  "V14.1": [1, 2],
  "V14.2": [1, 2, 3, 4],
  "V14.3": [1, 2, 3],
  "V15.1": [1, 2, 3],
  "V15.2": [1, 2, 3],
  "V15.3": [1, 2, 3, 4, 5, 6, 7],
  "V16.1": [1],
  "V16.2": [1, 2, 3, 4, 5],
  "V16.3": [1, 2, 3, 4],
  "V16.4": [1, 2, 3],
  "V16.5": [1, 2, 3],
  "V17.1": [1],
  "V17.2": [1, 2, 3, 4],
  "V17.3": [1, 2],
};

const rows = [...page.matchAll(/^\| (V[\d.]+) +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].map(
  ([, id = "", asked = "", state = "", where = ""]) => ({
    id,
    asked,
    state,
    where,
  }),
);

test("each requirement of levels 1 and 2 has one row, in the order of the standard", () => {
  const asked = Object.entries(sections).flatMap(([section, numbers]) => numbers.map((number) => `${section}.${number}`));
  expect(asked).toHaveLength(253);
  expect(rows.map(({ id }) => id)).toEqual(asked);
});

test("each row has a state, and the page counts them", () => {
  for (const { id, state } of rows) expect(states, id).toContain(state);
  const count = (state: string) => rows.filter((row) => row.state === state).length;
  expect(page).toContain(`${count("holds")} hold, ${count("falls short")} fall short, ${count("not applicable")} are not applicable.`);
});

test("whatever holds names a place, and every place that is named is there", () => {
  for (const { id, state, where } of rows) {
    const places = [...where.matchAll(/`([^`]+)`/g)].flatMap(([, place = ""]) => (isPlace.test(place) ? place : []));
    for (const place of places) expect(existsSync(join(root, place)), `${id}: ${place}`).toBe(true);
    if (state === "holds") expect(places, `${id} names no place`).not.toEqual([]);
    if (state === "falls short") expect(where.length, `${id} does not say what is missing`).toBeGreaterThan(20);
  }
});

const isPlace =
  /^(app|cli|components|deploy|docs|drizzle|e2e|lib|worker)\/|^(Dockerfile|proxy\.ts|next\.config\.ts|package\.json|tsconfig\.json)$/;
