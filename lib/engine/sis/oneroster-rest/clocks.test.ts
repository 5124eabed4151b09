/** Changes only, where clocks differ, dates say the day alone, or deleted records are no longer told of. */
import { afterEach, describe, expect, test } from "vitest";
import { impatience, type ReadRoster, readRoster, serveJson } from "#lib/engine/testing/sis/rest.ts";
import { rosteredCollections } from "#lib/roster/canonical.ts";
import { createOneRosterRestSource } from "./source.ts";

const hour = 3_600_000;
const day = 24 * hour;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

interface Row {
  readonly sourcedId: string;
  readonly status: string;
  readonly givenName: string;
  /** By the SIS's clock. */
  readonly changedMs: number;
}

interface Vendor {
  /** How far the SIS's clock is ahead of ours, in milliseconds; its stamps are made with it. */
  aheadMs?: number;
  readonly stamp?: (ms: number) => string;
  readonly statesTotal?: boolean;
  /** Whether what is deleted stays as tobedeleted. */
  keepsDeleted?: boolean;
}

/** A vendor whose clock is its own, and who compares dates as text. Every list holds rows `one`, `two`, … unless they are changed. */
async function vendor(options: Vendor) {
  let now = Date.parse("2026-09-01T02:00:00Z");
  const sisNow = () => now + (options.aheadMs ?? 0);
  const stamp = options.stamp ?? ((ms: number) => new Date(ms).toISOString());
  const start = sisNow() - 30 * day + 12_345;
  const row = (sourcedId: string): Row => ({ sourcedId, status: "active", givenName: "A", changedMs: start });
  const lists = new Map<string, Row[]>(rosteredCollections.map((name) => [name, ["one", "two", "three", "four"].map(row)]));
  const server = await serveJson((_request, url) => {
    if (url.pathname === "/token") return { body: { access_token: "t", expires_in: 3600 } };
    const endpoint = url.pathname.split("/").at(-1) ?? "";
    const since = /'(.*)'/.exec(url.searchParams.get("filter") ?? "")?.[1] ?? "";
    const found = (lists.get(endpoint) ?? []).filter(({ changedMs }) => stamp(changedMs) >= since);
    const offset = Number(url.searchParams.get("offset"));
    const page = found.slice(offset, offset + Number(url.searchParams.get("limit")));
    return {
      headers: {
        date: new Date(sisNow()).toUTCString(),
        ...(options.statesTotal === false ? {} : { "x-total-count": String(found.length) }),
      },
      body: { [endpoint]: page.map(({ changedMs, ...rest }) => ({ ...rest, dateLastModified: stamp(changedMs) })) },
    };
  });
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  let cursor: unknown = null;
  return {
    pass: (ms: number) => {
      now += ms;
    },
    change: (sourcedId: string, change: Partial<Row>) => {
      const users = lists.get("users") ?? [];
      const rest = users.filter((user) => user.sourcedId !== sourcedId);
      const changed = { ...(users.find((user) => user.sourcedId === sourcedId) ?? row(sourcedId)), ...change, changedMs: sisNow() };
      lists.set("users", changed.status === "active" || options.keepsDeleted !== false ? [...rest, changed] : rest);
    },
    read: async (): Promise<ReadRoster> => {
      const result = await readRoster(source, [server.url], { cursor, now: () => new Date(now) });
      cursor = result.cursor();
      return result;
    },
  };
}

const users = ({ records }: ReadRoster) => records.users.map(({ fields }) => `${fields.sourcedId} ${fields.givenName}`);

describe("a SIS whose clock", () => {
  test.each([
    ["is a day ahead of ours", day],
    ["is three hours ahead of ours", 3 * hour],
    ["is three hours behind ours", -3 * hour],
  ])("%s is read by its changes, and none is missed", async (_what, aheadMs) => {
    const sis = await vendor({ aheadMs });
    sis.change("left", { status: "tobedeleted" });
    await sis.read();
    sis.pass(5 * 60_000);
    sis.change("two", { givenName: "B" });
    sis.pass(day);
    const second = await sis.read();
    expect(second.modes.users).toBe("delta");
    expect(users(second)).toContain("two B");
    sis.pass(day);
    sis.change("three", { givenName: "C" });
    const third = await sis.read();
    expect(third.modes.users).toBe("delta");
    expect(users(third)).toContain("three C");
  });

  test("was a day ahead and is set right loses no change", async () => {
    const options: Vendor = { aheadMs: day };
    const sis = await vendor(options);
    sis.change("left", { status: "tobedeleted" });
    await sis.read();
    options.aheadMs = 0;
    sis.pass(hour);
    sis.change("two", { givenName: "B" });
    sis.pass(hour);
    expect(users(await sis.read())).toContain("two B");
  });

  test("has gone back is read in full, and that is the reason told", async () => {
    const options: Vendor = {};
    const sis = await vendor(options);
    sis.change("left", { status: "tobedeleted" });
    await sis.read();
    options.aheadMs = -2 * day;
    sis.pass(day);
    sis.change("two", { givenName: "B" });
    const second = await sis.read();
    expect(second.modes.users).toBe("bulk");
    expect(users(second)).toContain("two B");
    expect(second.notes.join()).toContain("/users was read in full, because the SIS's clock has gone back since the last read");
  });
});

describe("a SIS that writes the day alone", () => {
  test.each([
    ["as a date", (ms: number) => new Date(ms).toISOString().slice(0, 10)],
    ["as midnight in UTC", (ms: number) => `${new Date(ms).toISOString().slice(0, 10)}T00:00:00.000Z`],
    ["as midnight ten hours west", (ms: number) => `${new Date(ms - 10 * hour).toISOString().slice(0, 10)}T10:00:00.000Z`],
  ])("%s: what changes later on the day of the last read is not missed", async (_what, stamp) => {
    const sis = await vendor({ stamp });
    sis.change("left", { status: "tobedeleted" });
    await sis.read();
    sis.pass(9 * hour);
    sis.change("two", { givenName: "B" });
    sis.pass(15 * hour);
    const second = await sis.read();
    expect(second.modes.users).toBe("delta");
    expect(users(second)).toContain("two B");
    sis.change("three", { givenName: "C" });
    sis.pass(day);
    expect(users(await sis.read())).toContain("three C");
  });
});

describe("a SIS that tells of deleted records", () => {
  test("and ceases to is doubted again", async () => {
    const options: Vendor = { statesTotal: false, keepsDeleted: true };
    const sis = await vendor(options);
    sis.change("left", { status: "tobedeleted" });
    await sis.read();
    sis.pass(day);
    sis.change("one", { status: "tobedeleted" });
    expect((await sis.read()).modes.users).toBe("delta");
    options.keepsDeleted = false;
    sis.change("two", { status: "tobedeleted" });
    const modes: string[] = [];
    for (let night = 1; night <= 12; night++) {
      sis.pass(day);
      modes.push((await sis.read()).modes.users);
    }
    // The full read of the week is one; from the ninth night on each is, until a deleted record is told of again.
    expect(modes.slice(0, 5)).toEqual(Array(5).fill("delta"));
    expect(modes.slice(8)).toEqual(Array(4).fill("bulk"));
    options.keepsDeleted = true;
    sis.change("three", { status: "tobedeleted" });
    sis.pass(hour);
    expect((await sis.read()).modes.users).toBe("delta");
  });
});

test("where our own clock has gone back, everything is read, and that is the reason told", async () => {
  const sis = await vendor({});
  await sis.read();
  sis.pass(-day);
  const second = await sis.read();
  expect(second.modes.users).toBe("bulk");
  expect(second.notes.join()).toContain("Aivo's clock has gone back since the last read");
});
