/** The versions of OneRoster that Aivo reads. */
export const oneRosterVersions = ["1.1", "1.2"] as const;
export type OneRosterVersion = (typeof oneRosterVersions)[number];

/** Of how many people each kind, where an integration goes over to another version of OneRoster. */
export interface VersionChange {
  readonly to: OneRosterVersion;
  /** By what they were found again, each a number of people; the first of these that holds counts. */
  readonly linked: Readonly<Record<LinkedBy, number>>;
  /** Created, since nobody in Aivo is them. */
  readonly created: number;
  /** Whose other account ends, since two records of the version of before are one now. */
  readonly merged: number;
  /** Of whom it cannot be told who they are: they wait, and nobody is withdrawn for them. */
  readonly ambiguous: number;
  /** Whom the SIS tells no longer: they are deactivated. */
  readonly gone: number;
  /** Some of the accounts that end since two records became one: the account, and the one that goes on. */
  readonly mergedAccounts: readonly { readonly ends: string; readonly stays: string }[];
}

export const linkedBy = ["same-id", "legacy-id", "student-number", "email", "otherwise"] as const;
export type LinkedBy = (typeof linkedBy)[number];

/** By what somebody was found again, after "found again". */
export const linkedWords: Readonly<Record<LinkedBy, string>> = {
  "same-id": "by the same id",
  "legacy-id": "by the id of before",
  "student-number": "by student number",
  email: "by email address",
  otherwise: "as an admin decided, or by other evidence",
};
