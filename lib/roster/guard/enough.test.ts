import fc from "fast-check";
import { expect, test } from "vitest";
import { enough } from "./enough.ts";
import { isBeyond, isMost } from "./finding.ts";
import { defaultSafety, type SafetySettings, safetyKeys, safetySettings } from "./settings.ts";

const percents = safetyKeys.filter((key) => safetySettings[key].kind === "percent");
const settings: fc.Arbitrary<SafetySettings> = fc
  .array(fc.integer({ min: 0, max: 100 }), { minLength: percents.length, maxLength: percents.length })
  .map((values) => ({ ...defaultSafety, ...Object.fromEntries(percents.map((key, n) => [key, values[n]])) }));

test("whatever the limits, counting as far as that says of a change what counting everything says", () => {
  fc.assert(
    fc.property(settings, fc.nat(500), fc.nat(100_000), fc.nat(20), (safety, count, of, min) => {
      const counted = Math.min(of, enough([count, 0], safety));
      for (const key of percents) {
        const limit = { percent: Number(safety[key]), min };
        expect(isBeyond(count, counted, limit)).toBe(isBeyond(count, of, limit));
        expect(isMost(count, counted, limit.percent)).toBe(isMost(count, of, limit.percent));
      }
      expect(count > 0.25 * counted).toBe(count > 0.25 * of);
      expect(count > 0 && count >= counted).toBe(count > 0 && count >= of);
    }),
  );
});

test("whoever is named in a sentence is counted to the last", () => {
  fc.assert(
    fc.property(settings, fc.integer({ min: 1, max: 500 }), fc.nat(100_000), (safety, count, of) => {
      const isNamed = percents.some((key) => isBeyond(count, of, { percent: Number(safety[key]), min: 0 }));
      if (isNamed) expect(enough([count], safety)).toBeGreaterThanOrEqual(of);
    }),
  );
});
