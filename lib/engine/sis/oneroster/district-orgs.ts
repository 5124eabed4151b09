/**
 * Which district a OneRoster interface is about, as far as its own records say: the orgs of type "district". Ids are unique within a
 * district alone, and a short one of another district can be just the same; so a district is known by its name and number first. Where
 * that leaves it open, it is taken for the same: vendors move, rename and number anew.
 */
import { z } from "zod";
import { otherDistrictRemedy } from "#lib/engine/sis/other-district.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { readId } from "#lib/roster/id.ts";
import { normaliseLabel } from "#lib/roster/name.ts";
import type { RawBatch, RawRecord } from "#lib/roster/raw.ts";

export const DistrictOrg = z.object({ sourcedId: z.string(), name: z.string().nullable(), identifier: z.string().nullable() });
export type DistrictOrg = z.infer<typeof DistrictOrg>;

/** Districts of a consortium are a few; more than these tell nothing more. */
const maxDistricts = 50;
/** An id that long was not counted up, so that nobody else has it. */
const guidLength = 16;

/** The districts among the orgs of a full read. */
export async function districtOrgsOf(orgs: AsyncIterable<RawBatch>): Promise<readonly DistrictOrg[]> {
  const found: DistrictOrg[] = [];
  for await (const { records } of orgs) found.push(...records.flatMap(asDistrict));
  return found.slice(0, maxDistricts);
}

function asDistrict({ fields }: RawRecord): readonly DistrictOrg[] {
  const { status, type } = fields;
  const sourcedId = typeof fields.sourcedId === "string" ? readId(fields.sourcedId) : null;
  const isActive = word(status) === "" || word(status) === "active";
  if (!sourcedId || word(type) !== "district" || !isActive) return [];
  return [{ sourcedId, name: textOf(fields.name), identifier: textOf(fields.identifier) }];
}

/** Whether what was there before is certainly not among what is there now. False where either says nothing. */
export function isAnotherDistrict(before: readonly DistrictOrg[], now: readonly DistrictOrg[]): boolean {
  if (before.length === 0 || now.length === 0) return false;
  return now.every((one) => before.every((other) => isCertainlyAnother(one, other)));
}

function isCertainlyAnother(one: DistrictOrg, other: DistrictOrg): boolean {
  if (one.name === null || other.name === null || word(one.name) === word(other.name)) return false;
  const isSameId = one.sourcedId === other.sourcedId;
  if (one.identifier === null || other.identifier === null) return !isSameId;
  if (word(one.identifier) === word(other.identifier)) return false;
  return !isSameId || one.sourcedId.length < guidLength;
}

/** @param root of the interface, without its query */
export function otherDistrictAnswers(root: string, before: readonly DistrictOrg[], now: readonly DistrictOrg[]): RunFailure {
  const { host, pathname } = new URL(root);
  return new RunFailure({
    code: "configuration",
    step: "read /orgs",
    message: `${host}: GET ${pathname}/orgs is about another district now, ${named(now)}; this integration rosters ${named(before)}. Nothing was changed.`,
    remedy: otherDistrictRemedy("the credentials of the district that it rosters"),
  });
}

function named([first, ...others]: readonly DistrictOrg[]): string {
  if (first === undefined) return "nobody";
  const name = (first.name ?? "").replace(/[\p{C}\s]+/gu, " ").trim();
  const number = /^[\w.-]{1,40}$/.test(first.identifier ?? "") ? ` (${first.identifier})` : "";
  return `“${name.length > 80 ? `${name.slice(0, 80)}…` : name}”${number}${others.length > 0 ? ` and ${others.length} more` : ""}`;
}

const word = (value: unknown) => (typeof value === "string" ? value.normalize("NFKC").replace(/\s+/g, " ").trim().toLowerCase() : "");
/** Short and storable, since it is kept with the integration. */
const textOf = (value: unknown) => (typeof value === "string" ? normaliseLabel(value) || null : null);
