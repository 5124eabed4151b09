import type { CanonicalByCollection, Collection } from "./canonical.ts";
import { readId } from "./id.ts";
import type { Normalised } from "./issues.ts";
import { readText } from "./list.ts";
import { normaliseAcademicSession } from "./normalise-academic-session.ts";
import { normaliseClass } from "./normalise-class.ts";
import { normaliseCourse } from "./normalise-course.ts";
import { normaliseEnrollment } from "./normalise-enrollment.ts";
import { normaliseOrg } from "./normalise-org.ts";
import { normaliseRole } from "./normalise-role.ts";
import { normaliseUser } from "./normalise-user.ts";
import type { RawRecord } from "./raw.ts";
import { describeIssue, leftOut, noIssues, type Reading } from "./reading.ts";
import { defaultReadingRules, type ReadingRules } from "./reading-rules.ts";
import { readStatus } from "./status.ts";

const normalisers: { readonly [C in Collection]: (reading: Reading) => Normalised<CanonicalByCollection[C]> } = {
  orgs: normaliseOrg,
  academicSessions: normaliseAcademicSession,
  courses: normaliseCourse,
  classes: normaliseClass,
  users: normaliseUser,
  roles: normaliseRole,
  enrollments: normaliseEnrollment,
};

/** What is the same for all records of a batch. */
export interface HowToRead {
  /** As `RawBatch.rolesApart`. */
  readonly rolesApart?: boolean | undefined;
  readonly rules?: ReadingRules | undefined;
}

/**
 * One raw record as its canonical record, with an issue for each thing that did not come through as it is. Never throws, whatever the
 * fields hold. What is the same for every collection is decided here: a record needs a usable id, and a withdrawn one needs nothing else.
 */
export function normalise<C extends Collection>(
  collection: C,
  raw: RawRecord,
  mayBeBlank: readonly string[] = [],
  { rolesApart = false, rules = defaultReadingRules }: HowToRead = {},
): Normalised<CanonicalByCollection[C]> {
  const externalId = readId(readText(raw.fields.sourcedId));
  if (!externalId) return leftOutWithoutId(collection, raw, externalId);

  const reading: Reading = { collection, raw, externalId, mayBeBlank, rolesApart, rules, issues: noIssues };
  const status = readStatus(readText(raw.fields.status));
  if (status === undefined) return leftOut(reading, "value-unknown", "status");
  if (status === "withdrawn") return { disposition: "withdrawn", externalId, issues: noIssues };
  return normalisers[collection](reading);
}

function leftOutWithoutId(collection: Collection, raw: RawRecord, id: string | null): Normalised<never> {
  const code = id === null ? "id-invalid" : "id-missing";
  const issue = describeIssue(collection, raw, null, code, "sourcedId", "left out; who is missing and may be this row is not withdrawn");
  return { disposition: "left-out", externalId: null, issues: [issue] };
}
