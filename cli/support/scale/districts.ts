import { seededRandom } from "./random.ts";

/**
 * The districts of the United States by size: NCES, Digest of Education Statistics 2022, table 214.20, school year 2021-22 (13,318 regular
 * districts, of which 117 did not say their size; 49.4 million pupils).
 */
const classes: readonly { readonly from: number; readonly below: number; readonly districts: number }[] = [
  { from: 10_000, below: 25_000, districts: 610 },
  { from: 5_000, below: 10_000, districts: 996 },
  { from: 2_500, below: 5_000, districts: 1_854 },
  { from: 1_000, below: 2_500, districts: 3_185 },
  { from: 600, below: 1_000, districts: 1_810 },
  { from: 300, below: 600, districts: 1_922 },
  { from: 40, below: 300, districts: 2_558 },
];
const largest = { from: 25_000, districts: 266 };
/** Of the largest, the one of rank r has (266 / r) ^ 0.65 times 25,000: the first is as large as New York City, and the total is right. */
const steepness = 0.65;

/** Time zones, and how many of a thousand districts are in each. */
const zones: readonly { readonly timezone: string; readonly perThousand: number }[] = [
  { timezone: "America/New_York", perThousand: 450 },
  { timezone: "America/Chicago", perThousand: 370 },
  { timezone: "America/Denver", perThousand: 85 },
  { timezone: "America/Los_Angeles", perThousand: 90 },
  { timezone: "America/Anchorage", perThousand: 4 },
  { timezone: "Pacific/Honolulu", perThousand: 1 },
];

export interface District {
  readonly pupils: number;
  readonly timezone: string;
  /** What its SIS brings in the night that is simulated. */
  readonly night: Night;
}

/** The same bytes as yesterday; everything, of which a little has changed; or the changes alone. */
export type Night = "unchanged" | "everything" | "changes";

export interface Shares {
  /** Of all districts, those whose SIS brings this. What is left brings the changes alone. */
  readonly unchanged: number;
  readonly everything: number;
}

/** Pupils of every district, the largest first. Within a class sizes are spread evenly by their logarithm. */
export function districtSizes(): readonly number[] {
  const sizes = Array.from({ length: largest.districts }, (_, at) => largest.from * (largest.districts / (at + 1)) ** steepness);
  for (const { from, below, districts } of classes) {
    for (let at = 0; at < districts; at++) sizes.push(below * (from / below) ** ((at + 0.5) / districts));
  }
  return sizes.map(Math.round);
}

/** `count` districts of that distribution, with a time zone and a kind of night each, by chance; the same for the same seed. */
export function makeDistricts(count: number, shares: Shares, seed: number): readonly District[] {
  const random = seededRandom(seed);
  const sizes = districtSizes();
  return Array.from({ length: count }, (_, at) => ({
    pupils: sizes[Math.floor(((at + 0.5) * sizes.length) / count)] ?? 0,
    timezone: zoneAt(random() * 1000),
    night: nightAt(random(), shares),
  }));
}

function zoneAt(place: number): string {
  let end = 0;
  for (const { timezone, perThousand } of zones) {
    end += perThousand;
    if (place < end) return timezone;
  }
  return zones[0]?.timezone ?? "America/New_York";
}

function nightAt(place: number, { unchanged, everything }: Shares): Night {
  if (place < unchanged) return "unchanged";
  return place < unchanged + everything ? "everything" : "changes";
}
