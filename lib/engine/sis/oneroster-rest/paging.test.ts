/** What servers do with limit, offset, total and Link, and that whatever they do the whole list is read, or the run fails. */
import { afterEach, describe, expect, test } from "vitest";
import { failureOf, impatience, type JsonReply, type ReadRoster, readRoster, serveJson } from "#lib/engine/testing/sis/rest.ts";
import { createOneRosterRestSource } from "./source.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

type Person = Readonly<Record<string, unknown>> & { readonly sourcedId: string };
const people = (count: number): Person[] =>
  Array.from({ length: count }, (_, index) => ({
    sourcedId: `u-${String(index).padStart(5, "0")}`,
    status: "active",
    givenName: `Given ${index}`,
    dateLastModified: "2026-08-01T10:11:12Z",
  }));

interface Asked {
  readonly limit: number;
  readonly offset: number;
}

/** A vendor whose users come as `page` says; its other lists hold one record each, with a total. It understands no filter. */
async function vendor(page: (asked: Asked) => JsonReply) {
  const server = await serveJson((_request, url) => {
    if (url.pathname === "/token") return { body: { access_token: "t", expires_in: 3600 } };
    if (url.searchParams.has("filter")) return { status: 400 };
    const endpoint = url.pathname.split("/").at(-1) ?? "";
    const asked = { limit: Number(url.searchParams.get("limit")), offset: Number(url.searchParams.get("offset")) };
    if (endpoint === "users") return page(asked);
    const list = [{ sourcedId: endpoint }].slice(asked.offset);
    return { headers: { "x-total-count": "1" }, body: { [endpoint]: list } };
  });
  open.push(server);
  const source = createOneRosterRestSource({ baseUrl: server.url, clientId: "id", clientSecret: "s3cret" }, undefined, impatience());
  const read = (cursor: unknown = null): Promise<ReadRoster> => readRoster(source, [server.url], { cursor });
  const usersAsked = () => server.asked.filter((line) => line.includes("/users?")).length;
  return { read, usersAsked };
}

const reply = (users: readonly unknown[], headers: JsonReply["headers"] = {}): JsonReply => ({ headers, body: { users } });
const next = { link: '<https://inner.example/users?offset=1>; rel="next"' };
const ids = ({ records }: ReadRoster) => records.users.map(({ fields }) => fields.sourcedId);

describe("everybody is read from a server that", () => {
  const all = people(2_345);
  const cut = ({ offset, limit }: Asked, most = limit) => all.slice(offset, offset + Math.min(limit, most));
  const total = (count: number) => ({ "x-total-count": String(count) });

  test.each<[string, (asked: Asked) => JsonReply]>([
    ["clamps the limit to 37 and states nothing", (asked) => reply(cut(asked, 37))],
    ["clamps the limit to 37 and states the total of the page", (asked) => reply(cut(asked, 37), total(cut(asked, 37).length))],
    ["clamps the limit to 37 and counts to 100 at most", (asked) => reply(cut(asked, 37), total(100))],
    ["clamps the limit to 37 and states the total", (asked) => reply(cut(asked, 37), total(2_345))],
    ["counts to 2,000 at most", (asked) => reply(cut(asked), total(2_000))],
    ["states less than there is", (asked) => reply(cut(asked), total(1_200))],
    ["states a total of 0", (asked) => reply(cut(asked), total(0))],
    ["promises another page for ever", (asked) => reply(cut(asked), next)],
    ["promises another page for ever, and states the total", (asked) => reply(cut(asked), { ...next, ...total(2_345) })],
    ["repeats its last page past the end", (asked) => reply(cut({ ...asked, offset: Math.min(asked.offset, 2_000) }))],
    [
      "repeats its last page past the end, with a total",
      (asked) => reply(cut({ ...asked, offset: Math.min(asked.offset, 2_000) }), total(2_345)),
    ],
    ["repeats its last record past the end", (asked) => reply(cut({ ...asked, offset: Math.min(asked.offset, 2_344) }))],
    ["begins each page a record too early", (asked) => reply(cut({ ...asked, offset: Math.max(0, asked.offset - 1) }))],
    ["begins each page 200 records too early", (asked) => reply(cut({ ...asked, offset: Math.max(0, asked.offset - 200) }))],
  ])("%s", async (_what, page) => {
    const { read } = await vendor(page);
    expect(ids(await read())).toEqual(all.map(({ sourcedId }) => sourcedId));
  });

  test("drops rows after it has cut the page", async () => {
    const hidden = new Set([5, 999, 1_000, 2_344]);
    const visible = all.filter((_, index) => !hidden.has(index));
    const { read } = await vendor((asked) => reply(cut(asked).filter((person) => visible.includes(person))));
    expect(ids(await read())).toEqual(visible.map(({ sourcedId }) => sourcedId));
  });

  test("has a page of nothing but dropped rows in the middle, and promises more", async () => {
    const visible = all.filter((_, index) => index < 1_000 || index >= 2_000);
    const { read } = await vendor((asked) => {
      const isMore = asked.offset + asked.limit < all.length;
      return reply(
        cut(asked).filter((person) => visible.includes(person)),
        isMore ? next : {},
      );
    });
    expect(ids(await read())).toEqual(visible.map(({ sourcedId }) => sourcedId));
  });
});

describe("a list that fits on one page is read from a server that", () => {
  const all = people(12);
  test.each<[string, (asked: Asked) => JsonReply]>([
    ["repeats its last page past the end", ({ offset }) => reply(all.slice(offset < 12 ? offset : 0))],
    ["ignores the offset and states the total", () => reply(all, { "x-total-count": "12" })],
    ["begins each page 200 records too early", ({ offset }) => reply(all.slice(Math.max(0, offset - 200)))],
  ])("%s", async (_what, page) => {
    const { read } = await vendor(page);
    expect(ids(await read())).toHaveLength(12);
  });
});

describe("a run fails where a server", () => {
  const all = people(2_345);
  test.each<[string, (asked: Asked) => JsonReply, RegExp]>([
    ["ignores the offset", ({ limit }) => reply(all.slice(0, limit)), /goes round in circles, or ignores "offset"/],
    ["ignores the offset of a short list", () => reply(all.slice(0, 12)), /goes round in circles, or ignores "offset"/],
    [
      "ignores the offset, and says how many there are",
      ({ limit }) => reply(all.slice(0, limit), { "x-total-count": "2345" }),
      /goes round in circles, or ignores "offset"/,
    ],
    [
      "goes back to its first page",
      ({ offset, limit }) => reply(all.slice(offset % 2_000, (offset % 2_000) + limit)),
      /goes round in circles, or ignores "offset"/,
    ],
    [
      "states more than there is",
      ({ offset, limit }) => reply(all.slice(offset, offset + limit), { "x-total-count": "2346" }),
      /counts 2,346 records, and only 2,345 different ones came/,
    ],
    [
      "states another total each time",
      ({ offset, limit }) => reply(all.slice(offset, offset + limit), { "x-total-count": String(2_400 + offset) }),
      /the total changed while it was read/,
    ],
  ])("%s", async (_what, page, message) => {
    const { read } = await vendor(page);
    expect(await failureOf(read())).toMatchObject({ code: "read-incomplete", message: expect.stringMatching(message) });
  });
});

describe("one id with two different records on both sides of a page border", () => {
  test.each([
    ["with a total", true],
    ["without a total", false],
  ])("is the record's matter, not the read's, %s", async (_what, isCounted) => {
    const all = people(1_500);
    all.splice(1_000, 0, { ...(all[999] as Person), givenName: "Somebody else" });
    const { read } = await vendor(({ offset, limit }) =>
      reply(all.slice(offset, offset + limit), isCounted ? { "x-total-count": "1501" } : {}),
    );
    const result = await read();
    const twice = result.records.users.filter(({ fields }) => fields.sourcedId === "u-00999");
    expect(twice.map(({ fields }) => fields.givenName)).toEqual(["Given 999", "Somebody else"]);
    expect(new Set(ids(result)).size).toBe(1_500);
    expect(result.proof?.()).toMatch(/1 met again with other content.*read a second time/);
  });

  test("hides nobody: where the count is short besides, the run fails", async () => {
    const all = people(1_500);
    all.splice(1_000, 0, { ...(all[999] as Person), givenName: "Somebody else" });
    const { read } = await vendor(({ offset, limit }) => reply(all.slice(offset, offset + limit), { "x-total-count": "1502" }));
    expect(await failureOf(read())).toMatchObject({ code: "read-incomplete" });
  });
});

describe("without a total, a list that is shorter than the last time", () => {
  test("is read again, and told as unproven", async () => {
    let all = people(50);
    const { read, usersAsked } = await vendor(({ offset, limit }) => reply(all.slice(offset, offset + limit)));
    const first = await read();
    expect(first.unproven).toEqual(["users"]);
    const asked = usersAsked();
    all = all.slice(8);
    const second = await read(first.cursor());
    expect(usersAsked() - asked).toBe(2 * asked - 1);
    expect(second.unproven).toEqual(["users"]);
    expect(second.proof?.()).toContain("the list is shorter than the last time (50, now 42)");
  });

  test("and whole again the second time is read as it is", async () => {
    const all = people(50);
    let short = 0;
    const { read } = await vendor(({ offset, limit }) =>
      reply(short-- > 0 && offset === 0 ? all.slice(8) : all.slice(offset, offset + limit)),
    );
    const first = await read();
    short = 1;
    expect(ids(await read(first.cursor()))).toHaveLength(50);
  });

  test("and shorter still the second time fails the run", async () => {
    let all = people(50);
    let shrinks = false;
    const { read } = await vendor(({ offset, limit }) => {
      if (shrinks && offset === 0) all = all.slice(4);
      return reply(all.slice(offset, offset + limit));
    });
    const first = await read();
    shrinks = true;
    expect(await failureOf(read(first.cursor()))).toMatchObject({ code: "read-incomplete", transient: true });
  });
});

test("a total that is met says that nothing comes any more, without another question", async () => {
  const all = people(1_500);
  const { read, usersAsked } = await vendor(({ offset, limit }) => reply(all.slice(offset, offset + limit), { "x-total-count": "1500" }));
  expect((await read()).unproven).toEqual([]);
  // Two pages, and the question whether a filter is understood.
  expect(usersAsked()).toBe(3);
});
