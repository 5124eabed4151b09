import { Command } from "commander";
import type { DistrictScope } from "#lib/platform/access.ts";
import { sightTitle } from "#lib/roster/when.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { listDistricts } from "#lib/services/districts/read.ts";
import type { Services } from "#lib/services/services.ts";
import { whyPerson } from "#lib/services/why/person.ts";
import {
  type ClassHit,
  type LinkState,
  type PersonWhy,
  type Ref,
  readRef,
  type WhyHits,
  type WhyLink,
  whereaboutsWords,
} from "#lib/services/why/schema.ts";
import { searchClasses, searchWhy } from "#lib/services/why/search.ts";
import { whySees } from "#lib/services/why/sees.ts";
import { action } from "./context.ts";
import { type Answer, CommandError, table } from "./output.ts";

/** `why` */
export function whyCommand(): Command {
  return new Command("why")
    .argument("<text>", "a name, number, email address or id, Aivo's or the SIS's")
    .option("--district <id>", "the district's id; left out where there is one district")
    .option("--classroom <text>", "whether they see this class: words of its name or code, or an id")
    .description("why somebody is, or is not, in Aivo or in a class: lists who is found, and of one the chain from the SIS on")
    .action(
      action(async (services, text: string, { district, classroom }: { district?: string; classroom?: string }) => {
        const scope = await districtMeant(services, district);
        const found = readRef(text) === null ? await searchWhy(services, scope, text) : null;
        const [only] = found?.hits ?? [];
        if (found !== null && (only === undefined || found.hits.length > 1)) return listed(scope, found);
        const who = refOf(only?.ref ?? text);
        if (classroom === undefined) return inLines(await whyPerson(services, scope, who));
        const classes = readRef(classroom) === null ? await searchClasses(services, scope, classroom) : null;
        const [room] = classes ?? [];
        if (classes !== null && (room === undefined || classes.length > 1)) return listedClasses(scope, classes);
        const answer = await whySees(services, scope, who, refOf(room?.ref ?? classroom));
        return { json: { districtId: scope.districtId, ...answer }, lines: [answer.answer, "", ...chain(answer.links)] };
      }),
    );
}

/** The district that is named, or the only one. @throws CommandError `usage` */
export async function districtMeant(services: Services, id: string | undefined): Promise<DistrictScope> {
  if (id !== undefined) return operatorScopeOf(services, "district", id);
  const [only, another] = await listDistricts(services);
  if (only === undefined || another !== undefined)
    throw new CommandError("usage", "There are several districts: name one with --district.");
  return operatorScopeOf(services, "district", only.id);
}

function refOf(text: string): Ref {
  const ref = readRef(text);
  if (ref === null) throw new CommandError("usage", `${text} names nobody`);
  return ref;
}

function listed({ districtId }: DistrictScope, { hits, hasMore, erased }: WhyHits): Answer {
  const rows = hits.map((hit) => [
    hit.ref,
    hit.name || null,
    hit.role,
    hit.email,
    hit.number,
    whereaboutsWords[hit.where],
    hit.cause,
    hit.integrationName === null ? null : `${hit.integrationName}: ${hit.externalId ?? "no id"}`,
  ]);
  return {
    json: { districtId, hits, hasMore, erased },
    lines: [
      ...(rows.length === 0
        ? ["Nobody is found. Of parents and others who are not rostered mostly only the SIS's id is remembered."]
        : table(["why", "name", "role", "email", "number", "where", "cause", "in the SIS"], rows)),
      ...(hasMore ? ["There are more: add words."] : []),
      ...erased.map(
        ({ integrationName, barredAt, reason }) =>
          `${integrationName} leaves a record with this id out since ${barredAt}: who it is about was erased on request (“${reason}”).`,
      ),
    ],
  };
}

function listedClasses({ districtId }: DistrictScope, classes: readonly ClassHit[]): Answer {
  const rows = classes.map(({ ref, name, code, schoolName, where }) => [ref, name, code, schoolName, whereaboutsWords[where]]);
  return {
    json: { districtId, classrooms: classes },
    lines: rows.length === 0 ? ["No class is found."] : table(["--classroom", "name", "code", "school", "where"], rows),
  };
}

const signs: Readonly<Record<LinkState, string>> = { holds: "yes", breaks: "NO", told: "-" };

function chain(links: readonly WhyLink[]): string[] {
  if (links.length === 0) return [];
  return table(
    ["", "what", "is so", "when", "what to do"],
    links.map(({ state, title, says, at, remedy }) => [signs[state], title, says, at, remedy]),
  );
}

function inLines(why: PersonWhy): Answer {
  const { answer, sources, inAivo, classes, missing, hasMoreMissing } = why;
  const rooms = (["now", "upcoming", "ended", "earlier"] as const).flatMap((when) =>
    classes[when].map((room) => [
      when,
      room.name,
      room.role,
      room.terms.join(", ") || null,
      room.beginsOn,
      room.endsOn,
      sightTitle(room.sight),
    ]),
  );
  return {
    json: why,
    lines: [
      answer,
      ...sources.flatMap((source) => ["", `${source.integrationName}, id ${source.externalId}`, ...chain(source.links)]),
      ...(inAivo.length === 0 ? [] : ["", "In Aivo", ...chain(inAivo)]),
      ...(rooms.length === 0 ? [] : ["", ...table(["when", "class", "role", "terms", "begins", "ends", "today"], rooms)]),
      ...(missing.length === 0
        ? []
        : [
            "",
            "Enrollments that did not arrive",
            ...table(
              ["class", "where it stood", "why", "what to do"],
              missing.map((one) => [one.className, one.place, one.cause, one.remedy]),
            ),
            ...(hasMoreMissing ? ["There are more."] : []),
          ]),
    ],
  };
}
