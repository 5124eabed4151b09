import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonReader, jsonLimits } from "./json-reader.ts";

/** Read in pieces of these sizes, in turn. */
function read(text: string, sizes: readonly number[], names: readonly string[] = ["users"]) {
  const reader = new JsonReader(jsonLimits, { names, most: 1_000, keep: (record) => record });
  const bytes = Buffer.from(text);
  for (let from = 0, turn = 0; from < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    if (!reader.write(bytes.subarray(from, from + size))) break;
    from += size;
  }
  return reader.end();
}

const pieces = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const value = fc.jsonValue({ maxDepth: 4 });

describe("JSON in pieces", () => {
  test("is what JSON.parse makes of the whole, whatever it is and however it is cut", () => {
    const object = fc.record({ before: value, users: fc.oneof(fc.array(value), value), after: value });
    fc.assert(
      fc.property(fc.oneof(object, value), pieces, fc.constantFrom(0, 2), (data, sizes, indent) => {
        const text = JSON.stringify(data, null, indent);
        expect(read(text, sizes)).toEqual({ kind: "json", json: JSON.parse(text) });
      }),
    );
  });

  test("that is cut off or spoilt is none, just where JSON.parse says so", () => {
    const noise = fc.constantFrom("", ",", "]", "}", '"', "\\", "[", "{", ":", "x", " ");
    fc.assert(
      fc.property(fc.record({ users: fc.array(value), more: value }), pieces, noise, fc.nat(), fc.nat(3), (data, sizes, extra, at, cut) => {
        const text = JSON.stringify(data);
        const place = at % text.length;
        const spoilt = text.slice(0, place) + extra + text.slice(place + cut);
        let expected: unknown = { kind: "other", isPage: false };
        try {
          expected = { kind: "json", json: JSON.parse(spoilt) };
        } catch {
          // As expected.
        }
        expect(read(spoilt, sizes)).toEqual(spoilt === "" ? { kind: "empty" } : expected);
      }),
    );
  });

  test.each([
    ["an empty list", '{"users":[]}', { users: [] }],
    ["a list with room in it", '{ "users" : [ \n ] }', { users: [] }],
    ["another case", '{"USERS":[1]}', { USERS: [1] }],
    ["an escaped name", '{"us\\u0065rs":[1,2]}', { users: [1, 2] }],
    ["brackets and quotes in texts", '{"users":["]","[","\\"]","{"],"a":"users\\":["}', { users: ["]", "[", '"]', "{"], a: 'users":[' }],
    ["a list of that name further in", '{"a":{"users":[1,2]},"users":[3]}', { a: { users: [1, 2] }, users: [3] }],
    ["a byte order mark", '\ufeff{"users":[1]}', { users: [1] }],
    ["a list alone", "[1,[2]]", [1, [2]]],
  ])("%s", (_what, text, json) => {
    for (const size of [1, 2, 7, 1_000]) expect(read(text, [size])).toEqual({ kind: "json", json });
  });

  test.each([
    ['{"users":[1,]}'],
    ['{"users":[,1]}'],
    ['{"users":[1 2]}'],
    ['{"users":[1}'],
    ['{"users":[1]'],
    ['{"users":[1]}}'],
    ['{"users":[{"a":1],"b":2}]}'],
    ['{"users":[\ufeff]}'],
    ['{"users":["a\nb"]}'],
  ])("%s is none", (text) => {
    for (const size of [1, 3, 1_000]) expect(read(text, [size])).toEqual({ kind: "other", isPage: false });
  });

  test("a web page is told by its beginning, and not read to its end", () => {
    expect(read("\n <html>[{", [3])).toEqual({ kind: "other", isPage: true });
  });
});
