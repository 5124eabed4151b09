import type { ReachScope } from "#lib/platform/access.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { formatSpan } from "#lib/platform/format/date-time.ts";
import { sightTitle } from "#lib/roster/when.ts";
import { type CanSee, canSee } from "#lib/services/classrooms/can-see.ts";
import type { SightLink } from "#lib/services/classrooms/sight-links.ts";
import type { Services } from "#lib/services/services.ts";
import { withinReach } from "#lib/services/within-reach.ts";
import { unplacedEnrollments } from "./missing.ts";
import { nameOf, refOf } from "./person.ts";
import { type FoundClass, type FoundPerson, findClass, findPerson } from "./resolve.ts";
import { type Ref, type SeesWhy, textOfRef, type WhyLink } from "./schema.ts";
import { type LeftOutNames, leftOutNames, whyOut } from "./scope-words.ts";
import { chainOf, classroom, noLink, person, placeOf, remedyOfMissing, runLink, type Subject } from "./sources.ts";
import { withheldLinks } from "./standing.ts";
import { iso, type Told, toldOf } from "./told.ts";

/**
 * Whether a person sees a class today, and each link of the chain from the SIS to there: a tick, or where it breaks and what to do. Either
 * of the two may never have arrived.
 * @throws ServiceError `not-found`
 */
export async function whySees(services: Pick<Services, "db">, reach: ReachScope<"read-roster">, who: Ref, what: Ref): Promise<SeesWhy> {
  await withinReach(services, reach, "users", who);
  const scope = await withinReach(services, reach, "classes", what);
  const { found, room, front, said } = await withDistrict(services.db, scope, async (tx) => {
    const person = await findPerson(tx, who);
    const klass = await findClass(tx, what);
    const enrollments = await enrollmentsOf(tx, person, klass);
    return { found: person, room: klass, front: await frontLinks(tx, person, klass, enrollments), said: enrollments };
  });
  const { account } = found;
  const seen =
    account === null || room.room === null ? null : await canSee(services, scope, { accountId: account.id, classroomId: room.room.id });
  const links = [...front, ...(seen === null ? [] : seen.links.map((link) => ofSight(link, seen, said)))];
  const personName = nameOf(found);
  const className = room.name;
  const sight = seen?.sight ?? null;
  return {
    personRef: refOf(found),
    personName,
    classRef: room.room?.id ?? textOfRef(what),
    className,
    sight,
    today: seen?.today ?? null,
    answer: `${personName} and ${className}: ${sightTitle(sight)}.`,
    links,
  };
}

/** What the SISs say of this person in this class: the rows of the membership, or those that came to none. */
async function enrollmentsOf(tx: Tx, { account, rows: people }: FoundPerson, { room, called }: FoundClass): Promise<readonly Told[]> {
  const placed =
    account === null || room === null
      ? []
      : await toldOf(
          tx,
          "enrollments",
          tx.sql`m.record_id in (
            select s.id from memberships s
            where s.district_id = ${tx.districtId} and s.account_id = ${account.id} and s.classroom_id = ${room.id})`,
        );
  const others = await unplacedEnrollments(tx, people, called);
  const isThere = new Set(placed.map(textOfRef));
  return [...placed, ...others.filter((row) => !isThere.has(textOfRef(row)))];
}

async function frontLinks(tx: Tx, found: FoundPerson, room: FoundClass, enrollments: readonly Told[]): Promise<WhyLink[]> {
  const names = await leftOutNames(tx, [...found.rows, ...room.rows]);
  const membership = enrollments.find(({ recordId }) => recordId !== null)?.recordId ?? null;
  return [
    ...saidLinks(found, room, enrollments),
    ...enrollments.flatMap((row) => inScopeLink(row, found, room, names)),
    ...(membership === null ? [] : await withheldLinks(tx, membership)),
    placed("person", person, nameOf(found), found.rows, found.account !== null, names),
    placed("class", classroom, room.name, room.rows, room.room !== null, names),
  ];
}

/** Whether any SIS says that they are in it. */
function saidLinks(found: FoundPerson, { name, rows }: FoundClass, enrollments: readonly Told[]): WhyLink[] {
  const about = { link: "said", title: "The SIS says" } as const;
  if (enrollments.length === 0) {
    const knowsBoth = found.rows.find((one) => rows.some(({ integrationId }) => integrationId === one.integrationId));
    const who = knowsBoth?.integrationName ?? found.rows[0]?.integrationName ?? "No SIS";
    return [
      {
        ...about,
        ...noLink,
        state: "breaks",
        says:
          knowsBoth === undefined && found.rows.length > 0 && rows.length > 0
            ? `${nameOf(found)} comes from ${found.rows[0]?.integrationName}, ${name} from ${rows[0]?.integrationName}: none of them says that they are in it.`
            : `${who}${who === "No SIS" ? "" : " has"} ${who === "No SIS" ? "says that they are in" : "no enrollment of them in"} ${name}.`,
        remedy: "Enroll them in the SIS.",
      },
    ];
  }
  return enrollments.map((row) => {
    const sis = row.integrationName;
    const place = placeOf(row);
    if (row.integrationState === "removed")
      return {
        ...about,
        state: "told",
        says: `${sis} said that they are in ${name}. It was disconnected.`,
        remedy: null,
        at: iso(row.integrationChangedAt),
        more: null,
      };
    if (row.fate === "withdrawn") {
      // What another enrollment says counts as well.
      const isSaid = enrollments.some(({ fate, integrationState }) => fate !== "withdrawn" && integrationState !== "removed");
      return {
        ...about,
        state: isSaid ? "told" : "breaks",
        says: `${sis} no longer sends their enrollment in ${name}.`,
        remedy: isSaid ? null : "Enroll them in the SIS again.",
        at: iso(row.endedAt ?? row.since),
        more: runLink(row),
      };
    }
    if (row.fate === "left-out" || row.fate === "not-rostered" || isOwnFault(row)) {
      const chain = chainOf(row.fate === "waiting" ? { ...row, fate: "left-out" } : row, enrollment, new Map());
      const broken = chain.links.find(({ state }) => state === "breaks");
      return {
        ...about,
        state: "breaks",
        says: `${sis} has an enrollment of them in ${name}${inBrackets(place)}. ${broken?.says ?? "It was left out."}`,
        remedy: broken?.remedy ?? null,
        at: iso(row.runAt),
        more: broken?.more ?? runLink(row),
      };
    }
    if (row.missingSince !== null)
      return {
        ...about,
        state: "told",
        says: `${sis} lists their enrollment in ${name} no longer, but it is in doubt whether that is meant, so that nothing was withdrawn.`,
        remedy: remedyOfMissing(row),
        at: iso(row.missingSince),
        more: runLink(row),
      };
    const dates = formatSpan(row.beginDate, row.endDate);
    return {
      ...about,
      state: "holds",
      says: `${sis} has them in ${name} as ${row.role ?? "a member"}${dates === null ? "" : `, ${dates}`}${inBrackets(place)}.`,
      remedy: null,
      at: iso(row.runAt),
      more: runLink(row),
    };
  });
}

const inBrackets = (place: string | null) => (place === null ? "" : ` (${place})`);

/** Enrollments are told as people and classes are, as far as they go. */
const enrollment: Subject = { collection: "classes", noun: "enrollment" };

/** Waits for a reason of its own, not for the person or the class. */
const isOwnFault = ({ fate, reason }: Told) =>
  fate === "waiting" && reason !== null && !["reference-class", "reference-user", "withheld"].includes(reason);

/** An enrollment is out of scope with its class or its person. */
function inScopeLink(row: Told, found: FoundPerson, room: FoundClass, names: LeftOutNames): WhyLink[] {
  if (row.fate === "withdrawn" || row.fate === "left-out" || row.fate === "not-rostered" || row.integrationState === "removed") return [];
  const about = { link: "scope", title: "Scope" } as const;
  const sis = row.integrationName;
  if (row.outOfScopeSince === null) return [{ ...about, ...noLink, state: "holds", says: `In the scope of ${sis}.` }];
  const isOut = (one: Told) => one.integrationId === row.integrationId && one.outOfScopeSince !== null;
  const rules = [
    ...found.rows.filter(isOut).flatMap((one) => whyOut(one, "users", names).map((rule) => `the person with ${rule}`)),
    ...room.rows.filter(isOut).flatMap((one) => whyOut(one, "classes", names).map((rule) => `the class with ${rule}`)),
  ];
  return [
    {
      ...about,
      state: row.rostered ? "told" : "breaks",
      says: `Out of the scope of ${sis}${rules.length === 0 ? "" : `: ${[...new Set(rules)].join(", ")}`}.${row.rostered ? " What Aivo has is left as it was." : ""}`,
      remedy: "Take it in again: change the integration's scope, and apply it.",
      at: iso(row.outOfScopeSince),
      more: { label: "Scope", to: { kind: "scope", integrationId: row.integrationId } },
    },
  ];
}

/** Whether the person or the class of the SIS leads to one of Aivo's; where it does not, where their own chain breaks. */
function placed(
  link: "person" | "class",
  subject: Subject,
  name: string,
  rows: readonly Told[],
  isThere: boolean,
  names: LeftOutNames,
): WhyLink {
  const title = link === "person" ? "The person" : "The class";
  if (isThere) {
    const integrations = [...new Set(rows.map(({ integrationName }) => integrationName))];
    const from = integrations.length === 0 ? "added by hand" : `known to ${integrations.join(" and ")}`;
    return { link, title, ...noLink, state: "holds", says: `${name} is in Aivo, ${from}.` };
  }
  const broken = rows.flatMap((row) => chainOf(row, subject, names).links).find(({ state }) => state === "breaks");
  if (broken !== undefined) return { ...broken, link, title, says: `${name} is not in Aivo. ${broken.says}` };
  return {
    link,
    title,
    ...noLink,
    state: "breaks",
    says: `${name} is not in Aivo: the SIS names it, and has sent nothing of it.`,
    remedy: `Include the ${subject.noun} in what the SIS sends, or correct the enrollment.`,
  };
}

const sightTitles: Readonly<Record<SightLink["link"], string>> = {
  account: "The account",
  "sign-in": "Signing in",
  membership: "The membership",
  "membership-dates": "The membership's dates",
  classroom: "The classroom",
  term: "The term",
};

/** Links of what can be seen; dates take nothing away that is there, they say how much of it is seen. */
function ofSight({ link, holds, says, remedy }: SightLink, { sight }: CanSee, said: readonly Told[]): WhyLink {
  const about = { link, title: sightTitles[link], at: null, more: null } as const;
  const isDate = link === "membership-dates" || link === "term";
  if (link === "membership" && !holds && said.some(({ recordId }) => recordId === null))
    return {
      ...about,
      state: "breaks",
      says: "They are not in it: what the SIS says of that did not come through, as said above.",
      remedy: null,
    };
  if (link === "membership-dates" && !holds && remedy === null) return { ...about, state: "told", says, remedy };
  return { ...about, state: holds ? "holds" : isDate && sight !== null ? "told" : "breaks", says, remedy };
}
