import { describe, expect, it } from "vitest";
import { parseUserIds, studentNumberOf } from "./user-ids.ts";

describe("parseUserIds", () => {
  it.each([
    [undefined, []],
    ["", []],
    ["{}", []],
    ["{studentNumber:}", []],
    ["{:1}", []],
    ["{Local:863}", [["Local", "863"]]],
    [
      "{studentNumber:0123}, {LDAP:cn=x,ou=y}",
      [
        ["studentNumber", "0123"],
        ["LDAP", "cn=x,ou=y"],
      ],
    ],
    ["{url:https://x.example}", [["url", "https://x.example"]]],
    [
      "Local:863,LDAP:12",
      [
        ["Local", "863"],
        ["LDAP", "12"],
      ],
    ],
    [
      ["{Fed:1}", "{StateID: 2 }"],
      [
        ["Fed", "1"],
        ["StateID", "2"],
      ],
    ],
    ["{open:1", []],
  ])("%j", (value, pairs) => expect(parseUserIds(value).map(({ type, identifier }) => [type, identifier])).toEqual(pairs));

  it("reads a huge cell", () => {
    expect(parseUserIds("{".repeat(1_000_000))).toEqual([]);
    expect(parseUserIds("{a:1},".repeat(100_000))).toHaveLength(100_000);
  });
});

describe("studentNumberOf", () => {
  it.each([
    ["{LDAP:x},{studentNumber:0123}", "0123"],
    ["{STUDENT_ID:7}", "7"],
    ["{studentId:7},{Student Number:8}", "8"],
    ["{Local:863},{StateID:9}", ""],
    ["", ""],
  ])("of %j is %j", (text, number) => expect(studentNumberOf(parseUserIds(text))).toBe(number));
});
