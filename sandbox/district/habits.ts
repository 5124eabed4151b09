import type { Role } from "./roles.ts";

/** What vendors of OneRoster 1.2 do each in their own way. Left out: as the standard has it. */
export interface Habits {
  /** Which of a person's roles are called primary: one in each org, one over all orgs (Ed-Fi), or every one. */
  readonly primary?: "of-each-org" | "of-all" | "every";
  /** A record of a person for each of their schools, each with all of the roles (Ed-Fi). Enrollments point to the one of their school. */
  readonly recordPerSchool?: boolean;
  /**
   * `letters`: 1.1 has `s+123` and `t+123`, 1.2 has `123`, and `metadata.ic.legacysourceId` with it (Infinite Campus). `new`: 1.2 has others than
   * 1.1, and nothing that says so.
   */
  readonly userIds?: "kept" | "letters" | "new";
  /** How the old id stands in JSON: `metadata: { ic: { … } }`, or `metadata: { "ic.legacysourceId": … }`. */
  readonly legacyId?: "nested" | "dotted";
  /** People who are two records in 1.1 and one in 1.2: a principal who teaches, a parent who teaches. */
  readonly mergesPeople?: boolean;
  /** So many learners teach as well: two accounts of 1.1 are one record of 1.2. */
  readonly learnersWhoTeach?: number;
  readonly hasNoMasterIdentifier?: boolean;
  /** Roles begin and end with the school year. */
  readonly datedRoles?: boolean;
  /** Every so-manieth learner and teacher comes with `roles: null`, without `roles`, or with `role: null` in them. */
  readonly withoutRoles?: { readonly every: number; readonly as: "null" | "missing" | "no-word" };
  /** `administrator`, 1.1's word, for all staff who do not teach (Infinite Campus). */
  readonly saysAdministrator?: boolean;
  /** Words of the vendor's own: a school of type `ext:academy`, principals as `ext:headteacher`, second teachers as `ext:coteacher`. */
  readonly ownWords?: boolean;
  /** The last word on a person's roles, for a case that has no habit; decides by its arguments alone. */
  readonly amendRoles?: (person: { readonly kind: number; readonly row: number; readonly day: number }, roles: readonly Role[]) => Told;

  /** `username: ""`. */
  readonly blankUsernames?: boolean;
  /** `agentSourceIds` in the place of `agents`. */
  readonly agentSourceIds?: boolean;
  /** `grades: [null]` for who has none. */
  readonly nullGrades?: boolean;
  readonly hasNoPrimaryOrg?: boolean;
  /** REST spells preferred names as CSV does. */
  readonly csvNamesInRest?: boolean;
  /** `true`, not `"true"`. */
  readonly realBooleans?: boolean;
  /** This password stands wherever the standard has room for one. */
  readonly password?: string;

  /** The column of the first text of 1.2, which 1.2.1 no longer has. */
  readonly resourceSourcedIds?: boolean;
  /** What the manifest says, whatever the files are. */
  readonly manifestVersion?: string;
}

/** A person's roles as they are sent; `missing`: there is no word of them. */
export type Told = readonly Role[] | null | "missing";

/** Ed-Fi's OneRoster 1.2. With it belong `rules.edFi` of the server. */
export const edFi: Habits = {
  primary: "of-all",
  recordPerSchool: true,
  blankUsernames: true,
  agentSourceIds: true,
  nullGrades: true,
  hasNoPrimaryOrg: true,
  realBooleans: true,
};

/** Infinite Campus: other ids than in 1.1, one record of a person with two roles, one word for all staff. */
export const infiniteCampus: Habits = { userIds: "letters", mergesPeople: true, saysAdministrator: true };

export type Version = "1.1" | "1.2";

/** From a school day on, a version. */
export interface VersionChange {
  readonly day: number;
  readonly version: Version;
}

/** Which OneRoster the student information system speaks, and from which school day on. */
export class VersionCalendar {
  /** Ascending by day. */
  #changes: readonly VersionChange[];
  readonly #onChange: (changes: readonly VersionChange[]) => void;

  constructor(
    version: Version | { readonly from12: number } | readonly VersionChange[] = "1.1",
    onChange: (changes: readonly VersionChange[]) => void = () => {},
  ) {
    this.#onChange = onChange;
    if (typeof version === "string") this.#changes = [{ day: 0, version }];
    else if ("from12" in version)
      this.#changes = [
        { day: 0, version: "1.1" },
        { day: version.from12, version: "1.2" },
      ];
    else this.#changes = version;
  }

  on(day: number): Version {
    return this.#changes.findLast((change) => change.day <= day)?.version ?? "1.1";
  }

  /** From that day on, whatever was to come after it. */
  change(day: number, version: Version): void {
    this.#changes = [...this.#changes.filter((change) => change.day < day), { day, version }];
    this.#onChange(this.#changes);
  }
}
