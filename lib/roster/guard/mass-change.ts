import type { GuardFacts, PeopleChanges } from "./facts.ts";
import { type Look, lookAt } from "./field-words.ts";
import { counted, isBeyond, type NewFinding } from "./finding.ts";
import { isExplained } from "./rollover.ts";
import type { SafetySettings } from "./settings.ts";

const roles = ["learner", "teacher"] as const;

interface FieldOfPeople {
  readonly column: string;
  readonly check: string;
  readonly look: (changes: PeopleChanges, settings: SafetySettings, isNewYear: boolean) => Look | undefined;
}

/** A field of many people changes or becomes blank at once. */
const fieldsOfPeople: readonly FieldOfPeople[] = [
  {
    column: "email",
    check: "Look at the emails that the SIS exports: it is by them that people sign in.",
    look: ({ email, known }, settings) => {
      const look = lookAt(
        email,
        known,
        { one: "email", many: "emails", blank: "all emails seem to be missing from what the SIS sends" },
        settings,
      );
      const isMoved =
        email.domain > 0.8 * email.changed && email.shifted <= 0.8 * email.changed && email.distinct > Math.max(1, email.changed / 20);
      return look !== undefined && look.affected !== email.blanked && isMoved
        ? { ...look, looks: "every address moved to a new domain" }
        : look;
    },
  },
  {
    column: "given_name",
    check: "Look at the names that the SIS exports, and at the headings of their columns.",
    look: (changes, settings) => lookAtNames(changes, "givenName", settings),
  },
  {
    column: "family_name",
    check: "Look at the names that the SIS exports, and at the headings of their columns.",
    look: (changes, settings) => lookAtNames(changes, "familyName", settings),
  },
  {
    column: "grade",
    check: "Look at the grades that the SIS exports, and whether a school year has begun in it.",
    look: ({ grade, known }, settings, isNewYear) => {
      const isPromotion = grade.promoted > 0.8 * grade.changed;
      const words = { one: "grade", many: "grades", blank: "all grades are missing from what the SIS sends" };
      const look = lookAt(grade, known, words, settings, isNewYear ? grade.promoted : 0);
      return look !== undefined && isPromotion && look.affected !== grade.blanked
        ? { ...look, looks: "each of them one grade up, while the classes stay: a new school year seems to have begun in the SIS" }
        : look;
    },
  },
  {
    column: "student_number",
    check: "Look at the student numbers that the SIS exports, and at the heading of their column.",
    look: ({ number, known }, settings) =>
      lookAt(
        number,
        known,
        { one: "student number", many: "student numbers", blank: "all student numbers are missing from what the SIS sends" },
        settings,
      ),
  },
  {
    column: "school_ids",
    check: "Look at the schools that people have in the SIS, and whether its list of schools is complete.",
    look: ({ school, known }, settings, isNewYear) => {
      const words = { one: "school", many: "schools", blank: "nobody seems to have a school any more" };
      const look = lookAt(school, known, words, settings, isNewYear ? school.promoted : 0);
      return look !== undefined && look.affected !== school.blanked && school.distinct === 1
        ? { ...look, looks: "all of them move to one school" }
        : look;
    },
  },
];

/** Both parts of a name are withheld together: half of what two exchanged columns brought would make new names. */
const together: Readonly<Record<string, readonly string[]>> = {
  given_name: ["given_name", "family_name"],
  family_name: ["given_name", "family_name"],
};

export function judgeMassChange(facts: GuardFacts, settings: SafetySettings): NewFinding[] {
  const isNewYear = isExplained(facts, settings);
  return fieldsOfPeople.flatMap(({ column, check, look }) => {
    const found = roles.flatMap((role) => {
      const changes = facts.people[role];
      const seen = changes === null ? undefined : look(changes, settings, isNewYear);
      return seen === undefined ? [] : [{ role, ...seen }];
    });
    const [first] = found;
    if (first === undefined) return [];
    const who = found.map(({ role, affected, of }) => `${counted(affected, role)} of ${of.toLocaleString("en-US")}`).join(" and ");
    return [
      {
        sentence: `${who} ${first.what}; ${first.looks}.`,
        numbers: Object.fromEntries(found.map(({ role, affected }) => [role, affected])),
        check,
        subject: { entities: found.map(({ role }) => role), action: "changed" as const, column },
        doubts: (together[column] ?? [column]).map((each) => ({
          what: "values" as const,
          entities: found.map(({ role }) => role),
          column: each,
        })),
      },
    ];
  });
}

/** What happened to both parts of the name is said once, with the given name. */
function lookAtNames(changes: PeopleChanges, part: "givenName" | "familyName", settings: SafetySettings): Look | undefined {
  const { known, exchanged, capitals } = changes;
  const limit = { percent: settings.maxChangedPercent, min: settings.minChanged };
  const whole = (affected: number, what: string, looks: string) =>
    part === "givenName" ? { what, affected, of: known, looks } : undefined;
  if (isBeyond(exchanged, known, limit)) {
    return whole(exchanged, "would have given and family name exchanged", "the two columns seem to have changed places");
  }
  if (isBeyond(capitals, known, limit)) {
    return whole(capitals, "would have their names in capitals", "the SIS seems to export names in capitals now");
  }
  const name = part === "givenName" ? "first name" : "last name";
  return lookAt(changes[part], known, { one: name, many: `${name}s`, blank: `all ${name}s are missing from what the SIS sends` }, settings);
}
