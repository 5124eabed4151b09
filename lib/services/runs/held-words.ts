import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { PartId } from "#lib/roster/plan-parts.ts";
import type { FixedPart, HeldFacts, HeldLook, HeldPart } from "./held-schema.ts";
import type { PlanPart as CountedPlanPart } from "./parts.ts";

type PlanPart = Omit<CountedPlanPart, "chosen">;

const people = (count: number) => formatCount(count, "person", "people");

/** The parts of a plan in words, in the order in which they are read: what it brings first, what is in doubt last. */
export function partsInWords(parts: readonly PlanPart[], facts: HeldFacts, look: HeldLook): readonly HeldPart[] {
  const withAll = parts.find(({ id, whyWithAll }) => id === "classes-end" && whyWithAll !== null);
  const separable = parts.filter((part) => part !== withAll).map((part) => inWords(part, facts, look));
  return [...fixedParts(facts, withAll ?? null), ...separable].sort(
    (a, b) => Number(a.isOdd) - Number(b.isOdd) || order.indexOf(a.id) - order.indexOf(b.id),
  );
}

const order: readonly (PartId | FixedPart)[] = [
  "links",
  "learners-move-up",
  "classes",
  "places",
  "arrivals",
  "details",
  "learners-finish",
  "classes-end",
  "memberships-end",
  "learners-leave",
  "teachers-leave",
];

/** What the look of a plan accounts for. */
const explained: Readonly<Record<HeldLook, readonly PartId[]>> = {
  "new-year": ["learners-move-up", "learners-finish", "details"],
  ids: ["details", "learners-move-up"],
  matches: ["details", "learners-move-up"],
  harm: [],
};

function inWords({ id, count, whyWithAll }: PlanPart, facts: HeldFacts, look: HeldLook): HeldPart {
  const isOdd = !explained[look].includes(id) && whyWithAll === null;
  const note = isOdd && look === "new-year" ? "Not what a new year explains: look before you approve." : (notes[id]?.(facts) ?? null);
  return { id, count, whyWithAll, isOdd, ...words[id](count, facts, look), note, filter: filters[id] };
}

const words: Readonly<Record<PartId, (count: number, facts: HeldFacts, look: HeldLook) => Pick<HeldPart, "title" | "leftOut">>> = {
  "classes-end": (count) => ({
    title: `${formatCount(count, "class ends", "classes end")}`,
    leftOut: `The ${formatCount(count, "class goes on", "classes go on")}`,
  }),
  "memberships-end": (count) => ({
    title: `${formatCount(count, "class membership ends", "class memberships end")}, of people and classes that stay`,
    leftOut: `The ${formatCount(count, "class membership goes on", "class memberships go on")}`,
  }),
  "learners-leave": (count, _, look) => ({
    title:
      look === "new-year"
        ? `${formatNumber(count)} below the oldest grade can no longer sign in`
        : `${formatCount(count, "learner")} can no longer sign in`,
    leftOut: `The ${formatCount(count, "learner keeps the account", "learners keep their accounts")}`,
  }),
  "learners-finish": (count) => ({
    title: `${formatNumber(count)} who finished the oldest grade can no longer sign in`,
    leftOut: `The ${formatNumber(count)} who finished keep their accounts`,
  }),
  "teachers-leave": (count) => ({
    title: `${formatCount(count, "teacher")} can no longer sign in`,
    leftOut: `The ${formatCount(count, "teacher keeps the account", "teachers keep their accounts")}`,
  }),
  "learners-move-up": (count, { gradesUp }, look) => ({
    title: movesUp(count, gradesUp, look),
    leftOut: `${formatCount(count, "learner keeps grade and school", "learners keep grade and school")}`,
  }),
  details: (count) => ({
    title: `${people(count)} ${count === 1 ? "gets" : "get"} another name, email, number or school`,
    leftOut: `${people(count)} ${count === 1 ? "keeps" : "keep"} what Aivo has`,
  }),
};

function movesUp(count: number, gradesUp: number, look: HeldLook): string {
  if (gradesUp === 0) return formatCount(count, "learner changes school", "learners change their school");
  if (look === "new-year") return formatCount(gradesUp, "learner moves up a grade", "learners move up a grade");
  return formatCount(gradesUp, "learner changes grade", "learners change their grade");
}

const notes: Partial<Record<PartId, (facts: HeldFacts) => string | null>> = {
  "learners-move-up": ({ otherSchools, gradesUp }) =>
    otherSchools > 0 && gradesUp > 0 ? `${formatNumber(otherSchools)} go on to another school` : null,
  "learners-finish": () => "Their data is kept for as long as the district's period says",
  "classes-end": () => "With their class memberships",
};

const filters: Readonly<Record<PartId, HeldPart["filter"]>> = {
  "classes-end": { entity: "classroom", action: "deactivated" },
  "memberships-end": { entity: "membership", action: "deactivated" },
  "learners-leave": { entity: "learner", action: "deactivated" },
  "learners-finish": { entity: "learner", action: "deactivated" },
  "teachers-leave": { entity: "teacher", action: "deactivated" },
  "learners-move-up": { entity: "learner", action: "updated" },
  details: { entity: "learner", action: "updated" },
};

/** What the schools, terms and courses of a plan are called together. */
function placeWords(totals: HeldFacts["totals"]): [string, string] {
  const kinds = (["school", "term", "course"] as const).filter((kind) => {
    const of = totals[kind];
    return of.created + of.updated + of.deactivated + of.reactivated > 0;
  });
  return [kinds.join(" or "), kinds.map((kind) => `${kind}s`).join(" and ")];
}

/** What goes with every approval: what is created, comes back, is linked, or belongs to what others depend on. */
function fixedParts({ totals }: HeldFacts, classesEnd: PlanPart | null): HeldPart[] {
  const { learner, teacher, classroom, membership } = totals;
  const fixed = (id: FixedPart, count: number, title: string, note: string | null, filter: HeldPart["filter"], why: string) =>
    count === 0 ? [] : [{ id, count, title, note, filter, whyWithAll: why, leftOut: "", isOdd: false }];
  const arrive = { learner: learner.created + learner.reactivated, teacher: teacher.created + teacher.reactivated };
  const arriving = [
    ...(arrive.learner > 0 ? [formatCount(arrive.learner, "learner")] : []),
    ...(arrive.teacher > 0 ? [formatCount(arrive.teacher, "teacher")] : []),
  ].join(" and ");
  const back = learner.reactivated + teacher.reactivated;
  const linked = Object.values(totals).reduce((sum, of) => sum + of.linked, 0);
  const places = [totals.school, totals.term, totals.course];
  const sum = (action: "created" | "updated" | "deactivated" | "reactivated", of: readonly (typeof learner)[]) =>
    of.reduce((total, one) => total + one[action], 0);
  const ending = classesEnd?.count ?? 0;
  const clauses = (came: number, changed: number, gone: number, one: string, many: string) => {
    const parts = [
      { count: gone, verb: ["ends", "end"] },
      { count: came, verb: ["begins", "begin"] },
      { count: changed, verb: ["changes", "change"] },
    ].filter(({ count }) => count > 0);
    return parts
      .map(({ count, verb }, n) => `${n === 0 ? formatCount(count, one, many) : formatNumber(count)} ${verb[count === 1 ? 0 : 1]}`)
      .join(", ");
  };
  const newClasses = classroom.created + classroom.reactivated;
  const memberships = [
    ...(ending > 0 && membership.deactivated > 0 ? [`${formatNumber(membership.deactivated)} old`] : []),
    ...(membership.created + membership.reactivated > 0 ? [`${formatNumber(membership.created + membership.reactivated)} new`] : []),
  ].join(" and ");
  return [
    ...fixed(
      "links",
      linked,
      `${formatCount(linked, "record keeps its place", "records keep their place")} in Aivo under the SIS's id`,
      null,
      { action: "linked" },
      "Goes with all: everything else depends on who is who.",
    ),
    ...fixed(
      "classes",
      newClasses + classroom.updated + ending,
      clauses(newClasses, classroom.updated, ending, "class", "classes"),
      memberships === "" ? null : `with class memberships, ${memberships}`,
      { entity: "classroom" },
      classesEnd?.whyWithAll ?? "Goes with all: people are in them.",
    ),
    ...fixed(
      "places",
      sum("created", places) + sum("updated", places) + sum("deactivated", places) + sum("reactivated", places),
      clauses(
        sum("created", places) + sum("reactivated", places),
        sum("updated", places),
        sum("deactivated", places),
        ...placeWords(totals),
      ),
      null,
      {
        entity:
          totals.term.created + totals.term.updated + totals.term.deactivated > 0
            ? "term"
            : totals.school.created > 0
              ? "school"
              : "course",
      },
      "Goes with all: everything else depends on them.",
    ),
    ...fixed(
      "arrivals",
      arrive.learner + arrive.teacher,
      `${arriving} ${arrive.learner + arrive.teacher === 1 ? "arrives" : "arrive"}`,
      back > 0 ? `${formatNumber(back)} of them ${back === 1 ? "was" : "were"} in Aivo before` : null,
      { entity: arrive.learner > 0 ? "learner" : "teacher", action: learner.created + teacher.created > 0 ? "created" : "reactivated" },
      "Goes with all: the next sync would bring them in any case.",
    ),
  ];
}
