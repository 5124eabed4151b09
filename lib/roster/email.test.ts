import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseEmail } from "./email.ts";

describe("normaliseEmail", () => {
  it.each([
    ["Mary.Archer@StudentGPS.org", "mary.archer@studentgps.org"],
    ["  a@b.co\u00A0", "a@b.co"],
    ["o'neil+school@k12.state.us", "o'neil+school@k12.state.us"],
    ["a_b-c@sub-domain.example.edu", "a_b-c@sub-domain.example.edu"],
    ["Jürgen@Schule.Köln.DE", "jürgen@schule.köln.de"],
    ["123456@students.example.org", "123456@students.example.org"],
  ])("%j is %j", (text, email) => expect(normaliseEmail(text)).toBe(email));

  it.each([
    "",
    "a",
    "@b.co",
    "a@",
    "a@b",
    "a@@b.co",
    "a@b@c.co",
    "a b@c.co",
    "a@b c.co",
    "a@b..co",
    "a@.b.co",
    "a@b.co.",
    ".a@b.co",
    "a.@b.co",
    "a..b@c.co",
    "a@-b.co",
    "a@b-.co",
    "a@10.0.0.1",
    "a@[10.0.0.1]",
    '"a b"@c.co',
    "Mary <a@b.co>",
    "mailto:a@b.co",
    "a@b.co;c@d.co",
    "a@b.co,c@d.co",
    "a\u200Bb@c.co",
    "a\0@b.co",
    "a\uD800@b.co",
    "n/a",
    "none",
    `${"x".repeat(65)}@b.co`,
    `a@${"x".repeat(64)}.co`,
    `a@${"x.".repeat(200)}co`,
  ])("%j is none", (text) => expect(normaliseEmail(text)).toBeNull());

  it("reads every common address, in any letter case, as the same", () => {
    fc.assert(
      fc.property(fc.emailAddress({ size: "small" }), (address) => {
        const email = normaliseEmail(address.toLowerCase());
        expect(normaliseEmail(address.toUpperCase())).toBe(email);
        if (email !== null) expect(normaliseEmail(email)).toBe(email);
      }),
    );
  });

  it("is idempotent on any text and takes huge ones", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme", minLength: 1 }), (local, host) => {
        const email = normaliseEmail(`${local}@${host}.org`);
        if (email !== null) expect(normaliseEmail(email)).toBe(email);
      }),
    );
    expect(normaliseEmail(`${"a.".repeat(500_000)}@b.co`)).toBeNull();
    expect(normaliseEmail("@".repeat(1_000_000))).toBeNull();
  });
});
