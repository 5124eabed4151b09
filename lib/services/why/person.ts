import type { ReachScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { formatCount } from "#lib/platform/format/number.ts";
import { sightOf } from "#lib/roster/when.ts";
import { getRecordEdits } from "#lib/services/edits/read.ts";
import type { RecordEdits } from "#lib/services/edits/schema.ts";
import { getPerson } from "#lib/services/people/read.ts";
import type { PersonClassroom } from "#lib/services/people/schema.ts";
import type { Services } from "#lib/services/services.ts";
import { withinReach } from "#lib/services/within-reach.ts";
import { missingInWords, mostMissing, unplacedEnrollments } from "./missing.ts";
import { roleTold } from "./not-rostered.ts";
import { type FoundPerson, findPerson, nameInSis } from "./resolve.ts";
import { withRoles } from "./roles-told.ts";
import { type PersonWhy, type Ref, textOfRef, type Whereabouts, type WhyClass, type WhyLink } from "./schema.ts";
import { leftOutNames } from "./scope-words.ts";
import { whereOfFate } from "./search.ts";
import { chainOf, person } from "./sources.ts";
import { standingLinks } from "./standing.ts";
import type { Told } from "./told.ts";

/**
 * Why a person is, or is not, in Aivo as they are: what each SIS said and what became of it, what admins decided, the last change, the
 * classes, and the enrollments that did not arrive.
 * @throws ServiceError `not-found`
 */
export async function whyPerson(services: Pick<Services, "db">, reach: ReachScope<"read-roster">, ref: Ref): Promise<PersonWhy> {
  const scope = await withinReach(services, reach, "users", ref);
  const found = await withDistrict(services.db, scope, (tx) => findPerson(tx, ref));
  const { account, rows } = found;
  const edits = account === null ? noEdits : await getRecordEdits(services, scope, "account", account.id);
  const classrooms =
    account === null || account.role === "admin" ? [] : (await getPerson(services, reach, account.role, account.id)).classrooms;
  return withDistrict(services.db, scope, async (tx) => {
    const names = await leftOutNames(tx, rows);
    const sources = await withRoles(
      tx,
      rows.map((row) => chainOf(row, person, names)),
      rows,
    );
    const missing = await unplacedEnrollments(tx, rows);
    const classes = byWhen(found, classrooms);
    return {
      ref: refOf(found),
      accountId: account?.id ?? null,
      name: nameOf(found),
      role: roleOf(found),
      where: whereIs(found),
      answer: answerOf(
        found,
        sources.flatMap(({ links }) => links),
        classes.now.length,
      ),
      sources,
      inAivo: account === null ? await leadsElsewhere(rows) : await standingLinks(tx, account, edits, rows.length > 0),
      classes,
      missing: await missingInWords(tx, missing.slice(0, mostMissing)),
      hasMoreMissing: missing.length > mostMissing,
    };
  });
}

const noEdits: RecordEdits = { isFromSis: false, sisStatus: null, edits: [], history: [] };

export function refOf({ account, rows: [row] }: FoundPerson): string {
  return account?.id ?? (row ? textOfRef(row) : "");
}

export function nameOf({ account, rows: [row] }: FoundPerson): string {
  return account?.name ?? (row ? nameInSis(row) : "");
}

const roleOf = ({ account, rows: [row] }: FoundPerson): string | null => account?.role ?? (row ? roleTold(row) : null);

function whereIs({ account, rows: [row] }: FoundPerson): Whereabouts {
  if (account === null) return row ? whereOfFate[row.fate] : "gone";
  return account.status === "deactivated" ? "deactivated" : account.barredAt === null ? "active" : "barred";
}

/** Who waits, and whose id led to an account before: that account stays as it was. */
function leadsElsewhere(rows: readonly Told[]): readonly WhyLink[] {
  return rows.flatMap(({ recordId, role }) =>
    recordId === null || (role !== "teacher" && role !== "learner")
      ? []
      : {
          link: "leads-to",
          title: "The id led to",
          state: "told" as const,
          says: "The id led to an account before. It stays as it was until it is clear who this is.",
          remedy: null,
          at: null,
          more: { label: "That account", to: { kind: role, id: recordId } },
        },
  );
}

function byWhen({ account }: FoundPerson, classrooms: readonly PersonClassroom[]): PersonWhy["classes"] {
  const isActive = account?.status === "active" && account.barredAt === null;
  const classes: Record<keyof PersonWhy["classes"], WhyClass[]> = { now: [], upcoming: [], ended: [], earlier: [] };
  for (const room of classrooms) {
    const isInUse = room.status === "active" && room.classroomStatus === "active";
    classes[isInUse ? room.when : "earlier"].push({ ...room, sight: isActive && isInUse ? sightOf(room.role, room.when) : null });
  }
  return classes;
}

function answerOf(found: FoundPerson, links: readonly WhyLink[], classesNow: number): string {
  const name = nameOf(found);
  const { account } = found;
  if (account === null) {
    const broken = links.find(({ state }) => state === "breaks");
    return `${name} is not in Aivo. ${broken === undefined ? "" : firstSentence(broken.says)}`.trim();
  }
  if (account.status === "deactivated")
    return `${name} is deactivated, by ${account.deactivatedBy === "admin" ? "an admin" : "a sync"}, and cannot sign in.`;
  const classes = account.role === "admin" ? "" : ` In ${classesNow === 0 ? "no class" : formatCount(classesNow, "class", "classes")} now.`;
  if (account.barredAt !== null) return `${name} is active, and an admin bars them from signing in.${classes}`;
  return `${name} is active.${classes}`;
}

const firstSentence = (text: string) => text.match(/^.*?\.(?=\s|$)/s)?.[0] ?? text;
