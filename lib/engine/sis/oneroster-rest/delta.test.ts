/** Changes only: what they add up to, and every doubt that leads to a full read. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { impatience, type ReadRoster, readRoster } from "#lib/engine/testing/sis/rest.ts";
import { type RosteredCollection, rosteredCollections } from "#lib/roster/canonical.ts";
import type { RawRecord } from "#lib/roster/raw.ts";
import { type LiveDistrict, openDistrict } from "#sandbox/district/live.ts";
import { type OneRosterServer, type OneRosterServerOptions, startOneRosterServer } from "#sandbox/oneroster/server.ts";
import { createOneRosterRestSource } from "./source.ts";

const day = 86_400_000;
let now: Date;
let district: LiveDistrict;
let server: OneRosterServer;

beforeEach(() => openServer({}));
afterEach(() => server.close());

async function openServer(options: Partial<OneRosterServerOptions>): Promise<void> {
  now = new Date("2026-09-01T02:00:00.000Z");
  district = openDistrict({ users: 600, now: () => now });
  // So that somebody has left already, and is told of as tobedeleted.
  district.advance(3);
  server = await startOneRosterServer({ district, rateLimit: { requests: 100_000, windowSeconds: 60 }, ...options });
}

async function reopen(options: Partial<OneRosterServerOptions>): Promise<void> {
  await server.close();
  await openServer(options);
}

function read(cursor: unknown, fullReadDays?: number): Promise<ReadRoster> {
  const source = createOneRosterRestSource(
    { baseUrl: server.url, ...server.credentials, authentication: "oauth2", ...(fullReadDays === undefined ? {} : { fullReadDays }) },
    undefined,
    impatience(),
  );
  return readRoster(source, [server.url], { cursor, now: () => now });
}

/** Lets a school day pass, and the clock with it. */
function nextDay(days = 1): void {
  now = new Date(now.getTime() + days * day);
  district.advance(1);
}

type Roster = ReadonlyMap<RosteredCollection, Map<string, RawRecord["fields"]>>;
const nobody = (): Roster => new Map(rosteredCollections.map((name) => [name, new Map()]));

/** What Aivo would have after a read, told simply: bulk replaces, delta adds and takes away. */
function apply(roster: Roster, { modes, records }: ReadRoster): Roster {
  for (const collection of rosteredCollections) {
    const known = roster.get(collection) ?? new Map();
    if (modes[collection] === "bulk") known.clear();
    for (const { fields } of records[collection]) {
      if (typeof fields.sourcedId !== "string") continue;
      if (fields.status === "tobedeleted") known.delete(fields.sourcedId);
      else known.set(fields.sourcedId, fields);
    }
  }
  return roster;
}

const sorted = (roster: Roster) =>
  rosteredCollections.map((name) => [name, [...(roster.get(name) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, fields]) => fields)]);

const modesOf = ({ modes }: ReadRoster) => new Set(rosteredCollections.map((collection) => modes[collection]));

describe("changes since the last read", () => {
  test("of forty school days add up to what a full read has", async () => {
    const roster = nobody();
    let last = await read(null);
    apply(roster, last);
    let deltas = 0;
    for (let passed = 0; passed < 40; passed++) {
      nextDay();
      last = await read(last.cursor());
      if (Object.values(last.modes).includes("delta")) deltas++;
      apply(roster, last);
    }
    expect(deltas).toBeGreaterThan(25);
    expect(sorted(roster)).toEqual(sorted(apply(nobody(), await read(null))));
  });

  test("are few, and say so", async () => {
    const first = await read(null);
    nextDay();
    const second = await read(first.cursor());
    expect([...modesOf(second)]).toEqual(["delta"]);
    expect(second.records.users.length).toBeLessThan(first.records.users.length / 4);
    expect(second.fingerprint).toBeNull();
    expect(second.notes.join()).toMatch(/Only changes since 2026-09-01 01:50 UTC were read of: orgs, /);
    expect(second.proof?.()).toMatch(/\/users \(changes only\): 2 pages/);
  });

  test("give way to a full read after seven days, or as many as are set", async () => {
    const first = await read(null);
    nextDay(6);
    const second = await read(first.cursor());
    expect([...modesOf(second)]).toEqual(["delta"]);
    nextDay(1);
    const third = await read(second.cursor());
    expect([...modesOf(third)]).toEqual(["bulk"]);
    expect(third.notes.join()).toContain("the last full read was 7 or more days ago");
    nextDay(1);
    expect([...modesOf(await read(third.cursor(), 1))]).toEqual(["bulk"]);
    expect([...modesOf(await read(third.cursor(), 0))]).toEqual(["bulk"]);
  });

  test.each([
    ["an unreadable cursor", { version: 7 }],
    ["no cursor", undefined],
  ])("are not asked for with %s", async (_what, cursor) => {
    expect([...modesOf(await read(cursor))]).toEqual(["bulk"]);
  });

  test("are not asked for after a month, nor at another address, nor when the clock went back", async () => {
    const { cursor } = await read(null);
    const last = cursor() as { of: string };
    expect([...modesOf(await read({ ...last, of: "https://elsewhere.example/ims/oneroster/v1p1" }, 31))]).toEqual(["bulk"]);
    now = new Date(now.getTime() - day);
    expect([...modesOf(await read(last, 31))]).toEqual(["bulk"]);
    now = new Date(now.getTime() + 30 * day);
    expect([...modesOf(await read(last, 31))]).toEqual(["bulk"]);
  });
});

describe("a vendor that", () => {
  test("ignores the filter is noticed, read in full, and not asked again", async () => {
    const first = await read(null);
    nextDay();
    server.control.faults.break({ kind: "filter-ignored" });
    const second = await read(first.cursor());
    expect([...modesOf(second)]).toEqual(["bulk"]);
    expect(second.notes.join()).toContain("/orgs: the SIS ignores the filter for changes and sent everything");
    // With deleted records among them, as many as the total counts need not be all.
    expect(second.notes.join()).toContain("/enrollments was read in full, because the SIS also sent records that had not changed since");
    nextDay();
    const before = server.control.requests().length;
    const third = await read(second.cursor());
    expect([...modesOf(third)]).toEqual(["bulk"]);
    expect(
      server.control
        .requests()
        .slice(before)
        .some(({ query }) => query.includes("filter")),
    ).toBe(false);
    expect(sorted(apply(nobody(), third))).toEqual(sorted(apply(nobody(), await read(null))));
  });

  test("drops deleted records without a word is read in full where some have gone", async () => {
    await reopen({ keepsTombstones: false });
    const roster = nobody();
    let last = await read(null);
    apply(roster, last);
    for (let passed = 0; passed < 12; passed++) {
      nextDay();
      last = await read(last.cursor(), 31);
      apply(roster, last);
      expect(sorted(roster)).toEqual(sorted(apply(nobody(), await read(null))));
    }
    expect(last.modes).toMatchObject({ orgs: "delta", academicSessions: "delta" });
    expect(last.notes.join()).toContain("because the SIS does not tell which records were deleted");
  });

  test("refuses the filter is read in full", async () => {
    const first = await read(null);
    nextDay();
    server.control.faults.break({ kind: "error-200", endpoint: "users", times: 1 });
    const second = await read(first.cursor());
    expect(second.modes).toMatchObject({ users: "bulk", orgs: "delta" });
    expect(second.notes.join()).toContain("/users was read in full, because the SIS did not take the filter for changes");
  });

  test("fails in the middle of the changes fails the run; the next one has them", async () => {
    const first = await read(null);
    nextDay();
    server.control.faults.break({ kind: "status-500", endpoint: "enrollments" });
    await expect(read(first.cursor())).rejects.toMatchObject({ code: "server-error" });
    server.control.faults.mend();
    const again = await read(first.cursor());
    const roster = apply(apply(nobody(), first), again);
    expect(sorted(roster)).toEqual(sorted(apply(nobody(), await read(null))));
  });
});
