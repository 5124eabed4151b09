/** What a list of Clever's may do from page to page, and that it is read whole, or the run fails. */
import { afterEach, describe, expect, test } from "vitest";
import { providerHosts } from "#lib/engine/sis/hosts.ts";
import { failureOf, impatience, readRoster, serveJson } from "#lib/engine/testing/sis/rest.ts";
import { createCleverSource } from "./source.ts";

const districtId = "55108ad78349a40100000022";
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

interface Page {
  readonly entries: readonly unknown[];
  readonly next?: string | null;
  readonly count?: number;
}

const person = (id: string, given = "Given") => ({ id, name: { first: given, last: "Family" }, roles: { student: { school: "s" } } });

/** A district whose users come as `page` says, by the number in `starting_after`; its other lists have one page. */
async function read(page: (at: number) => Page) {
  const one: Record<string, unknown> = {
    schools: { id: "s", name: "North" },
    terms: { id: "t", name: "Year", start_date: "2026-08-01", end_date: "2027-06-01" },
    courses: { id: "k", name: "Algebra" },
    sections: { id: "c", name: "Algebra", school: "s", students: [], teachers: [] },
  };
  const server = await serveJson((_request, url) => {
    const name = url.pathname.split("/").at(-1) ?? "";
    if (name === "districts") return { body: { data: [{ data: { id: districtId, name: "Small", state: "success" } }] } };
    if (name === "events") return { status: 404, body: {} };
    const {
      entries,
      next = null,
      count,
    }: Page = name === "users" ? page(Number(url.searchParams.get("starting_after") ?? 0)) : { entries: [one[name]] };
    const links = next === null ? [] : [{ rel: "next", uri: next }];
    return { body: { data: entries.map((data) => ({ data })), links, ...(count === undefined ? {} : { count }) } };
  });
  open.push(server);
  const hosts = { ...providerHosts, cleverApiUrl: server.url, cleverAuthUrl: server.url };
  const credentials = { clientId: "aivo", clientSecret: "s3cret", districtId, accessToken: "t" };
  return readRoster(createCleverSource(credentials, impatience(), hosts), [server.url]);
}

const uriAfter = (at: number) => `/v3.0/users?limit=1000&starting_after=${at}`;
const people = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => person(`u${String(from + index).padStart(4, "0")}`));

describe("everybody is read where", () => {
  test.each<[string, (at: number) => Page]>([
    ["a page in the middle is empty", (at) => ({ entries: at === 1 ? [] : people(at * 10, 10), next: at < 2 ? uriAfter(at + 1) : null })],
    ["pages overlap", (at) => ({ entries: people(at * 5, 10), next: at < 2 ? uriAfter(at + 1) : null })],
    ["the count grows", (at) => ({ entries: people(at * 10, 10), next: at < 1 ? uriAfter(at + 1) : null, count: 20 - 5 + at })],
  ])("%s", async (_what, page) => {
    expect((await read(page)).records.users).toHaveLength(20);
  });
});

test("one id with two records on both sides of a page border is the record's matter, not the read's", async () => {
  const { records, proof } = await read((at) => ({
    entries: at === 0 ? people(0, 10) : [person("u0009", "Somebody else"), ...people(10, 9)],
    next: at === 0 ? uriAfter(1) : null,
    count: 20,
  }));
  expect(records.users.filter(({ fields }) => fields.sourcedId === "u0009").map(({ fields }) => fields.givenName)).toEqual([
    "Given",
    "Somebody else",
  ]);
  expect(proof?.()).toContain("read a second time because 1 record changed while the pages were read");
});

describe("the run fails where", () => {
  test.each<[string, (at: number) => Page, RegExp]>([
    [
      "the next page is at another place",
      () => ({ entries: people(0, 10), next: "https://elsewhere.example/v3.0/users" }),
      /at another place/,
    ],
    ["the next page is another list", () => ({ entries: people(0, 10), next: "/v3.0/schools?starting_after=1" }), /at another place/],
    ["the next page is the same again", () => ({ entries: people(0, 10), next: uriAfter(1) }), /leads back to a page/],
    ["a page has nothing new", (at) => ({ entries: people(0, 10), next: uriAfter(at + 1) }), /leads back to a page/],
    ["there are fewer than the count says", () => ({ entries: people(0, 10), count: 11 }), /Clever counts 11 and gave 10/],
    ["a page has more than were asked for", () => ({ entries: people(0, 1_001) }), /more records than the 1,000 that were asked for/],
  ])("%s", async (_what, page, message) => {
    expect((await failureOf(read(page))).message).toMatch(message);
  });
});
