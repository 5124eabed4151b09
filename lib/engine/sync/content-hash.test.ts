import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { asBigint, contentHash } from "./content-hash.ts";

test("is the first 64 bits of SHA-1, as PostgreSQL writes a bigint", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff)), (units) => {
      const text = String.fromCharCode(...units);
      expect(asBigint(contentHash(text))).toBe(createHash("sha1").update(text).digest().readBigInt64BE().toString());
    }),
  );
});
