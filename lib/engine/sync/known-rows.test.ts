import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asBigint, type ContentHash, contentHash } from "./content-hash.ts";
import { type KnownGroup, KnownRows, type Sighting } from "./known-rows.ts";

/** As PostgreSQL sends a group of hashes. */
function groupOf(kind: number, hashes: readonly ContentHash[]): KnownGroup {
  const rows = new Uint8Array(14 * hashes.length);
  const view = new DataView(rows.buffer);
  for (const [index, { high, low }] of hashes.entries()) {
    view.setUint32(14 * index, high);
    view.setUint32(14 * index + 4, low);
    view.setUint32(14 * index + 8, 100_000 + index);
    view.setUint16(14 * index + 12, kind);
  }
  return { kind, rows };
}

const met = (position: number, isTeacher = false): Sighting => ({ place: { part: `part ${position % 3}`, position }, isTeacher });

/** Few different halves, so that hashes share one, and both. */
const half = fc.oneof(fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const hash = fc.record({ high: half, low: half });
const known = fc.array(fc.record({ kind: fc.nat({ max: 5 }), hashes: fc.array(hash, { maxLength: 30 }) }), { maxLength: 4 });
const step = fc.record({
  hash: fc.oneof(hash, fc.nat({ max: 119 })),
  takesBack: fc.constantFrom(false, false, true),
  isTeacher: fc.boolean(),
});

test("rows are found, staged and counted as a map of them says", () => {
  fc.assert(
    fc.property(known, fc.array(step, { maxLength: 60 }), (groups, steps) => {
      const all = groups.flatMap(({ kind, hashes }) =>
        hashes.map((one, index) => ({ kind, hash: one, name: asBigint(one), at: `(${100_000 + index},${kind})` })),
      );
      const rows = new KnownRows(groups.map(({ kind, hashes }) => groupOf(kind, hashes)));
      expect(rows.size).toBe(all.length);
      const single = all.filter(({ name }) => all.filter((other) => other.name === name).length === 1);
      const model = new Map(single.map(({ kind, name }) => [name, { kind, met: null as Sighting | null, isStaged: false }]));
      for (const [index, { hash: drawn, takesBack, isTeacher }] of steps.entries()) {
        const one = typeof drawn === "number" ? all[drawn % Math.max(1, all.length)]?.hash : drawn;
        if (one === undefined) continue;
        const entry = model.get(asBigint(one));
        const back = entry !== undefined && entry.met !== null && !entry.isStaged ? entry.met : null;
        const here = met(index, isTeacher);
        if (takesBack) expect(rows.takeBack(one)).toEqual(back);
        else {
          const isFirst = entry !== undefined && entry.met === null;
          expect(rows.meet(one, here)).toEqual(isFirst ? [] : back === null ? [here] : [back, here]);
          if (isFirst) entry.met = here;
        }
        if (entry !== undefined && back !== null) entry.isStaged = true;
      }
      const same = [...model.values()].flatMap(({ kind, met, isStaged }) => (met === null || isStaged ? [] : [`${kind} ${met.isTeacher}`]));
      const counted = rows.countSame().flatMap(({ kind, isTeacher, count }) => Array.from({ length: count }, () => `${kind} ${isTeacher}`));
      expect(counted.sort()).toEqual(same.sort());
      const unmet = all.filter(({ name }) => !model.get(name)?.met).map(({ name, at }) => `${name} ${at}`);
      expect([...rows.unmet()].map(({ hash, at }) => `${asBigint(hash)} ${at}`).sort()).toEqual(unmet.sort());
    }),
  );
});

test("of a hundred thousand rows each is found where it was met, and none that is not there", () => {
  const hashes = Array.from({ length: 100_000 }, (_, n) => contentHash(`row ${n}`));
  const rows = new KnownRows([groupOf(0, hashes.slice(0, 60_000)), groupOf(1, hashes.slice(60_000))]);
  expect(hashes.flatMap((one, index) => rows.meet(one, met(index)))).toEqual([]);
  expect(rows.meet(contentHash("row 100000"), met(0))).toEqual([met(0)]);
  expect([...rows.countSame()].sort((a, b) => a.kind - b.kind)).toEqual([
    { kind: 0, isTeacher: false, count: 60_000 },
    { kind: 1, isTeacher: false, count: 40_000 },
  ]);
  expect(hashes.map((one) => rows.takeBack(one)?.place.position)).toEqual(hashes.map((_, index) => index));
});

describe("a hash", () => {
  test("is the first 64 bits of SHA-1, as PostgreSQL reads a bigint", () => {
    expect(asBigint(contentHash("abc"))).toBe(BigInt.asIntN(64, 0xa9993e364706816an).toString());
    expect(asBigint({ high: 0, low: 2 ** 32 - 1 })).toBe("4294967295");
    expect(asBigint({ high: 2 ** 32 - 1, low: 2 ** 32 - 1 })).toBe("-1");
  });

  test("is of the text's UTF-8", () => {
    expect(asBigint(contentHash("Zoë"))).not.toBe(asBigint(contentHash("Zo\u00eb\u0301")));
  });
});
