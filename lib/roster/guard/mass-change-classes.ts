import type { Entity } from "#lib/roster/canonical.ts";
import type { ClassChanges, GuardFacts } from "./facts.ts";
import { lookAt } from "./field-words.ts";
import { count, counted, isBeyond, type NewFinding } from "./finding.ts";
import { isExplained } from "./rollover.ts";
import type { SafetySettings } from "./settings.ts";

const fields = [
  { key: "name", column: "name", words: { one: "name", many: "names", blank: "all names are missing" } },
  { key: "term", column: "term_ids", words: { one: "term", many: "terms", blank: "no class seems to have a term any more" } },
  { key: "course", column: "course_id", words: { one: "course", many: "courses", blank: "no class seems to have a course any more" } },
  { key: "school", column: "school_id", words: { one: "school", many: "schools", blank: "all schools are missing" } },
] as const satisfies readonly { key: Exclude<keyof ClassChanges, "known">; column: string; words: object }[];

/** A field of many classes changes or becomes blank at once, many memberships get other dates, or all schools, terms or courses change. */
export function judgeClassChange(facts: GuardFacts, settings: SafetySettings): NewFinding[] {
  const { classes } = facts;
  const ofClasses = fields.flatMap(({ key, column, words }) => {
    const look = classes === null ? undefined : lookAt(classes[key], classes.known, words, settings);
    if (look === undefined) return [];
    const all = look.affected === look.of && key === "name" ? "all classes seem to be renamed" : look.looks;
    return [
      {
        sentence: `${counted(look.affected, "classroom")} of ${count(look.of)} ${look.what}; ${all}.`,
        numbers: { classroom: look.affected, known: look.of },
        check: "Look at the list of classes that the SIS exports, and at the headings of its columns.",
        subject: { entities: ["classroom" as const], action: "changed" as const, column },
        doubts: [{ what: "values" as const, entities: ["classroom" as const], column }],
      },
    ];
  });
  return [...ofClasses, ...judgeDates(facts, settings), ...judgeOthers(facts, settings)];
}

function judgeDates({ memberships }: GuardFacts, settings: SafetySettings): NewFinding[] {
  if (memberships === null) return [];
  const { known, datesChanged, ended } = memberships;
  const isEnding = isBeyond(ended, known, { percent: settings.maxBlankedPercent, min: settings.minChanged });
  if (!isEnding && !isBeyond(datesChanged, known, { percent: settings.maxChangedPercent, min: settings.minChanged })) return [];
  return [
    {
      sentence: isEnding
        ? `${counted(ended, "class membership")} of ${count(known)} would have ended before today; the enrollments' dates seem to be those of another year.`
        : `${counted(datesChanged, "class membership")} of ${count(known)} would get other dates.`,
      numbers: { membership: isEnding ? ended : datesChanged, known },
      check: "Look at the begin and end dates of the enrollments that the SIS exports.",
      subject: { entities: ["membership"], action: "changed", column: "end_date" },
      doubts: ["begin_date", "end_date"].map((column) => ({ what: "values", entities: ["membership"], column })),
    },
  ];
}

const others = { school: "schools", term: "terms", course: "courses" } as const satisfies Partial<Record<Entity, string>>;

/** All schools, terms or courses at once, and at least three. */
function judgeOthers(facts: GuardFacts, settings: SafetySettings): NewFinding[] {
  if (isExplained(facts, settings) || settings.maxChangedPercent === 100) return [];
  return (Object.keys(others) as (keyof typeof others)[]).flatMap((entity) => {
    const changed = facts.totals[entity].updated;
    const known = facts.activeBefore[entity];
    const percent = Math.max(50, settings.maxChangedPercent);
    if (changed < 3 || 100 * changed <= percent * known) return [];
    return [
      {
        sentence: `${count(changed)} of ${count(known)} ${others[entity]} would change at once.`,
        numbers: { [entity]: changed, known },
        check: `Look at the ${others[entity]} that the SIS exports, and at the headings of their columns.`,
        subject: { entities: [entity], action: "changed" as const },
        doubts: [{ what: "values" as const, entities: [entity] }],
      },
    ];
  });
}
