import { hrefFor } from "#app/(portal)/why/why-links.ts";
import type { FindAbout, FindAboutOf, FindWord } from "#components/find/types.ts";
import { isAllowed, type ReachScope } from "#lib/platform/access.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { formatGrades } from "#lib/platform/format/grade.ts";
import { formatNumber } from "#lib/platform/format/number.ts";
import { classChain } from "#lib/services/find/class-chain.ts";
import { getSchool } from "#lib/services/schools/read.ts";
import type { Services } from "#lib/services/services.ts";
import { endOfPerson, fourWords } from "#lib/services/why/four-words.ts";
import { whyPerson } from "#lib/services/why/person.ts";
import { type ChainWord, type Ref, readRef } from "#lib/services/why/schema.ts";

/**
 * What the palette says of one thing that it found, beside the list.
 * @throws ServiceError `not-found`
 */
export function aboutOf(services: Pick<Services, "db">, scope: ReachScope<"read-roster">, { kind, ref }: FindAboutOf): Promise<FindAbout> {
  return { person: aboutPerson, class: aboutClass, school: aboutSchool }[kind](services, scope, ref);
}

type About = (services: Pick<Services, "db">, scope: ReachScope<"read-roster">, ref: string) => Promise<FindAbout>;

const aboutPerson: About = async (services, scope, text) => {
  const why = await whyPerson(services, scope, refOf(text));
  const end = endOfPerson(why);
  const rows = why.sources.map((source) => ({ name: source.integrationName, words: fourWords(source, end) }));
  const asks = why.where === "left-out" || why.where === "waits";
  return {
    title: why.name,
    says: end === null ? why.answer.replace(`${why.name} is not in Aivo.`, "Never arrived.") : end.says,
    asks,
    rows: rows.map(shown),
    facts: rows.length === 0 ? [{ label: "In Aivo", value: "Added by hand: no SIS knows them." }] : [],
    fix: fixOf(scope, rows),
  };
};

const aboutClass: About = async (services, scope, text) => {
  const { name, isInAivo, rows } = await classChain(services, scope, refOf(text));
  const broken = rows.flatMap(({ words }) => words).find(({ state }) => state === "broken");
  return {
    title: name,
    says: isInAivo ? (rows[0]?.words.at(-1)?.says ?? "In Aivo") : "Never arrived.",
    asks: !isInAivo && broken !== undefined,
    rows: rows.map(shown),
    facts: [],
    fix: fixOf(scope, rows),
  };
};

const aboutSchool: About = async (services, scope, id) => {
  const school = await getSchool(services, scope, id);
  return {
    title: school.name,
    says: school.status === "active" ? "In Aivo" : "Deactivated",
    asks: false,
    rows: [],
    facts: [
      { label: "Learners", value: formatNumber(school.learnerCount) },
      { label: "Teachers", value: formatNumber(school.teacherCount) },
      { label: "Classes", value: formatNumber(school.classroomCount) },
      ...(school.grades.length === 0 ? [] : [{ label: "Grades", value: formatGrades(school.grades) }]),
    ],
    fix: null,
  };
};

interface Row {
  readonly name: string;
  readonly words: readonly ChainWord[];
}

function shown({ name, words }: Row): FindAbout["rows"][number] {
  return { name, links: words.map(({ word, says, at, remedy, state }): FindWord => ({ word, says, at, remedy, state })) };
}

/** The page that tells how to mend where it broke, if it opens for whoever asks; a run is no such page. */
function fixOf({ actor }: ReachScope<"read-roster">, rows: readonly Row[]): FindAbout["fix"] {
  const hrefOf = hrefFor((capability) => isAllowed(actor, capability));
  for (const { more } of rows.flatMap(({ words }) => words).filter(({ state }) => state === "broken")) {
    const href = more === null || more.to.kind === "run" ? null : hrefOf(more.to);
    if (more !== null && href !== null) return { label: more.to.kind === "issue" ? "How to fix this" : more.label, href };
  }
  return null;
}

/** @throws ServiceError `not-found` */
function refOf(text: string): Ref {
  const ref = readRef(text);
  if (ref === null) throw new ServiceError("not-found", "Nothing is named.");
  return ref;
}
