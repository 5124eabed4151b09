import { createRequire } from "node:module";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isCall, isFormOfAction, refusalOfCall } from "./action-call.ts";

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
  const values = [undefined, null, Number.NaN, -0, 7n, new Date(0), "$price", "$0:1", { a: [undefined, "$"] }, [[]]];
  for (const args of [[], values, [shared, { again: shared }]]) expect(isCall((await encodeReply(args)) as string)).toBe(true);
  const some = fc.anything({ withDate: true, withBigInt: true, maxDepth: 4 });
  await fc.assert(
    fc.asyncProperty(fc.array(some, { maxLength: 5 }), async (args) => {
      const body = await encodeReply(args).catch(() => "[]");
      if (typeof body === "string" && !/\\u(0000|d[89a-f])/.test(body)) expect(isCall(body), body).toBe(true);
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
  ["half a character", '["a\\ud800b"]'],
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

const id = "7f".repeat(21);
const formOf = (fields: Readonly<Record<string, string | Blob>>): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
};
/** As React writes the fields of a form that a browser sends itself. */
const bound = { $ACTION_REF_1: "", "$ACTION_1:0": `{"id":"${id}","bound":"$@1"}`, "$ACTION_1:1": '["sealed",null]', $ACTION_KEY: "k1" };

test("a form that the browser sends itself is a call, with one action and what it is bound to", async () => {
  expect(isFormOfAction(formOf({ [`$ACTION_ID_${id}`]: "", email: "a@b.example", password: "$@9" }))).toBe(true);
  expect(isFormOfAction(formOf({ ...bound, email: "a@b.example" }))).toBe(true);
  const send = async (fields: Parameters<typeof formOf>[0], origin = "https://portal.example") => {
    const written = new Response(formOf(fields));
    const headers = { origin, "content-type": written.headers.get("content-type") ?? "" };
    return statusOf(new Request("https://portal.example/sign-in", { method: "POST", headers, body: await written.text() }));
  };
  expect(await send({ ...bound, email: "é@b.example" })).toBe(200);
  expect(await send({ email: "a@b.example" })).toBe(400);
  expect(await send(bound, "https://elsewhere.example")).toBe(403);
  expect(await send({ ...bound, email: "x".repeat(1_048_576) })).toBe(413);
});

test.each([
  ["no action", { email: "a@b.example" }],
  ["two actions", { [`$ACTION_ID_${id}`]: "", [`$ACTION_ID_${id.replace("7", "8")}`]: "" }],
  ["an action of no id", { $ACTION_ID_x: "" }],
  ["a file", { ...bound, file: new Blob(["x"]) }],
  ["a NUL", { ...bound, email: "a\0b" }],
  ["a part that is not there", { ...bound, "$ACTION_1:0": `{"id":"${id}","bound":"$@2"}` }],
  ["a stream", { ...bound, "$ACTION_1:1": '["$R1"]' }],
  ["another action's parts", { ...bound, "$ACTION_2:1": "[]" }],
  ["a part that is no JSON", { ...bound, "$ACTION_1:1": "[" }],
  ["a field that React does not write", { ...bound, $ACTION_OTHER: "" }],
])("a form with %s is no call", (_what, fields) => expect(isFormOfAction(formOf(fields as Parameters<typeof formOf>[0]))).toBe(false));
