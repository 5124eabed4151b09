import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isCall, refusalOfCall } from "./action-call.ts";

/** What browsers send is made by Next's own copy of React, which has no types. */
const { encodeReply } = createRequire(import.meta.url)("next/dist/compiled/react-server-dom-turbopack/client.browser.js") as {
  encodeReply(values: readonly unknown[]): Promise<string | FormData>;
};

const own = ["portal.example"];
const call = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request("https://portal.example/settings", {
    method: "POST",
    headers: { "next-action": "0".repeat(42), origin: "https://portal.example", "content-type": "text/plain;charset=UTF-8", ...headers },
    body,
  });
const statusOf = async (request: Request) => (await refusalOfCall(request, own))?.status ?? 200;

test("whatever a browser sends of arguments without files is a call", async () => {
  const shared = { name: "twice" };
  const values = [undefined, null, Number.NaN, -0, 7n, new Date(0), "$price", "$0:1", "\ud800", { a: [undefined, "$"] }, [[]]];
  for (const args of [[], values, [shared, { again: shared }]]) expect(isCall((await encodeReply(args)) as string)).toBe(true);
  const some = fc.anything({ withDate: true, withBigInt: true, maxDepth: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(some, { maxLength: 5 }), async (args) => {
      const body = await encodeReply(args).catch(() => "[]");
      if (typeof body === "string" && !body.includes("\\u0000")) expect(isCall(body), body).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["no JSON", "not json"],
  ["nothing", ""],
  ["no list", "{}"],
  ["a text", '"text"'],
  ["more arguments than any action has", JSON.stringify(Array(17).fill(1))],
  ["arguments nested without end", "[".repeat(100_000) + "]".repeat(100_000)],
  ["a part that is not there", '["$1"]'],
  ["a promise", '["$@1"]'],
  ["a stream", '["$R1"]'],
  ["a server function", '["$h1"]'],
  ["a form's fields", '["$K1"]'],
  ["itself", '["$0:0"]'],
  ["what it stands in", '[{"a":"$0:0"}]'],
  ["the prototype of everything", '[{},"$0:0:__proto__:constructor"]'],
  ["a NUL", '["a\\u0000b"]'],
  ["a number of a million digits", `["$n${"9".repeat(1_000_000)}"]`],
])("%s is no call", (_what, body) => expect(isCall(body)).toBe(false));

test("a call is refused by its place, its type, its letters and its length", async () => {
  expect(await statusOf(call("[]"))).toBe(200);
  expect(await statusOf(call("[]", { "next-action": "nothing" }))).toBe(400);
  expect(await statusOf(call("[]", { "content-type": "multipart/form-data; boundary=x" }))).toBe(400);
  expect(await statusOf(call(new Uint8Array([0x5b, 0x22, 0xff, 0x22, 0x5d])))).toBe(400);
  expect(await statusOf(call(`["${"x".repeat(1_048_576)}"]`))).toBe(413);
  for (const origin of ["https://elsewhere.example", "null", "https://portal.example.elsewhere.example", "portal.example", ""])
    expect([origin, await statusOf(call("[]", { origin }))]).toEqual([origin, 403]);
  const nameless = call("[]");
  nameless.headers.delete("origin");
  expect(await statusOf(nameless)).toBe(403);
});
