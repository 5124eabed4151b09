import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isStale, parseKeyring, seal, unseal } from "./keyring.ts";
import { hashPassword, oneTimePassword, verifyPassword } from "./password.ts";

const key = () => randomBytes(32).toString("base64");
const context = { integrationId: "0199-a", field: "password" };

test("any text comes back, and never looks the same twice", () => {
  const keyring = parseKeyring(`k1:${key()}`);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const sealed = seal(keyring, context, text);
      expect(unseal(keyring, context, sealed)).toBe(Buffer.from(text).toString("utf8"));
      expect(seal(keyring, context, text)).not.toBe(sealed);
    }),
  );
});

test("a sealed value opens for its own integration and field only", () => {
  const keyring = parseKeyring(`k1:${key()}`);
  const sealed = seal(keyring, context, "secret");
  expect(() => unseal(keyring, { ...context, integrationId: "0199-b" }, sealed)).toThrow("cannot be opened");
  expect(() => unseal(keyring, { ...context, field: "passphrase" }, sealed)).toThrow("cannot be opened");
});

test("any altered byte is noticed, and the message holds neither secret nor key", () => {
  const secret = key();
  const keyring = parseKeyring(`k1:${secret}`);
  const sealed = seal(keyring, context, "hunter2-hunter2");
  const bytes = Buffer.from(sealed.slice(3), "base64");
  for (let at = 0; at < bytes.length; at++) {
    const altered = Buffer.from(bytes);
    altered[at] = (altered[at] ?? 0) ^ 1;
    try {
      unseal(keyring, context, `k1:${altered.toString("base64")}`);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ name: "RunFailure", code: "configuration" });
      expect(String(error)).not.toMatch(/hunter2/);
      expect(String(error)).not.toContain(secret);
    }
  }
  for (const nonsense of ["", "k1:", "k1:AAAA", "no colon"]) expect(() => unseal(keyring, context, nonsense)).toThrow();
});

test("the first key seals, the others still open, a missing one is named", () => {
  const [older, newer] = [key(), key()];
  const sealed = seal(parseKeyring(`old:${older}`), context, "secret");
  const both = parseKeyring(`new:${newer},old:${older}`);
  expect(unseal(both, context, sealed)).toBe("secret");
  expect(isStale(both, sealed)).toBe(true);
  expect(isStale(both, seal(both, context, "x"))).toBe(false);
  expect(() => unseal(parseKeyring(`new:${newer}`), context, sealed)).toThrow("“old”");
  // The same id with another key, as after a mistyped environment.
  expect(() => unseal(parseKeyring(`old:${newer}`), context, sealed)).toThrow("cannot be opened");
});

test("a keyring with a short key or an id twice is refused without showing it", () => {
  expect(() => parseKeyring("k1:c2hvcnQ=")).toThrow("32 bytes");
  expect(() => parseKeyring(`k1:${key()},k1:${key()}`)).toThrow("twice");
});

test("passwords verify, whatever the form of their letters; nothing verifies against none", async () => {
  const stored = await hashPassword("Caf\u00e9-garden-12");
  expect(stored).toMatch(/^scrypt:32768:8:1:/);
  expect(await verifyPassword("Cafe\u0301-garden-12", stored)).toBe(true);
  expect(await verifyPassword("cafe-garden-12", stored)).toBe(false);
  expect(await verifyPassword("", null)).toBe(false);
  expect(await verifyPassword("x", "plain:x")).toBe(false);
  expect(oneTimePassword()).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
});
