import { Command } from "commander";
import { sightTitle, type When } from "#lib/roster/when.ts";
import { canSee } from "#lib/services/classrooms/can-see.ts";
import { listClassrooms } from "#lib/services/classrooms/read.ts";
import { type ClassroomRow, ClassroomsFilter } from "#lib/services/classrooms/schema.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { listSchoolDays } from "#lib/services/terms/read.ts";
import { sentencesOf } from "#lib/services/terms/schema.ts";
import { action } from "./context.ts";
import { listing } from "./listing.ts";
import { CommandError, table } from "./output.ts";

interface Wanted {
  readonly district: string;
  readonly when?: string;
  readonly status?: string;
  readonly school?: string;
  readonly turned?: string;
  readonly search?: string;
}

/** `classrooms` */
export function classroomsCommand(): Command {
  return new Command("classrooms")
    .requiredOption("--district <id>", "the district's id")
    .option("--when <when>", "now, upcoming, ended or all; without it, now and upcoming")
    .option("--status <status>", "active, deactivated or all; without it, active")
    .option("--school <id>", "only of this school")
    .option("--turned <day>", "only those that began or ended on this day, YYYY-MM-DD")
    .option("--search <text>", "words of the name or code, or an id")
    .description("list classrooms, with when each is by its terms' dates")
    .action(
      action(async (services, { district, search, ...given }: Wanted) => {
        const scope = await operatorScopeOf(services, "district", district);
        const filter = ClassroomsFilter.parse({ ...given, q: search ?? "" });
        for (const name of ["when", "status", "school", "turned"] as const)
          if (given[name] !== undefined && filter[name] !== given[name])
            throw new CommandError("usage", `--${name} cannot be ${given[name]}`);
        const { counts } = await listClassrooms(services, scope, filter);
        return listing<ClassroomRow>({
          json: { districtId: district, counts },
          name: "classrooms",
          lines: [whensInWords(counts)],
          header: ["id", "name", "code", "school", "when", "begins", "ends", "terms", "learners"],
          cells: (room) => [
            room.id,
            room.name,
            room.code,
            room.school?.name ?? null,
            room.status === "active" ? room.when : room.status,
            room.beginsOn,
            room.endsOn,
            room.terms.join(", ") || null,
            room.learnerCount,
          ],
          empty: "No classrooms match.",
          each: async (write) => {
            for (let page = 1; ; page++) {
              const { rows, total, pageSize } = await listClassrooms(services, scope, { ...filter, page });
              await write(rows);
              if (page * pageSize >= total) return;
            }
          },
        });
      }),
    );
}

const whensInWords = ({ now, upcoming, ended }: Readonly<Record<When, number>>) => `${now} now, ${upcoming} upcoming, ${ended} ended`;

/** `can-see` */
export function canSeeCommand(): Command {
  return new Command("can-see")
    .requiredOption("--person <id>", "a teacher's or learner's id")
    .requiredOption("--classroom <id>", "a classroom's id")
    .description("whether somebody sees a classroom today, with each condition and what to do about it")
    .action(
      action(async (services, { person, classroom }: { person: string; classroom: string }) => {
        const answer = await canSee(services, await operatorScopeOf(services, "account", person), {
          accountId: person,
          classroomId: classroom,
        });
        const links = answer.links.map(({ link, holds, says, remedy }) => [holds ? "yes" : "no", link, says, remedy]);
        return {
          json: answer,
          lines: [
            `${answer.accountName} and ${answer.classroomName} on ${answer.today}: ${sightTitle(answer.sight)}`,
            "",
            ...table(["", "condition", "is so", "what to do"], links),
          ],
        };
      }),
    );
}

const daysShown = "30";

/** `days` */
export function daysCommand(): Command {
  return new Command("days")
    .requiredOption("--district <id>", "the district's id")
    .option("--last <days>", "how many days back", daysShown)
    .description("what began and ended by the district's calendar, the latest first")
    .action(
      action(async (services, { district, last }: { district: string; last: string }) => {
        if (!/^\d{1,4}$/.test(last)) throw new CommandError("usage", `--last cannot be ${last}`);
        const days = await listSchoolDays(services, await operatorScopeOf(services, "district", district), Number(last));
        const lines = days.flatMap((day) => sentencesOf(day).map((sentence) => `${day.day}  ${sentence}`));
        return { json: { districtId: district, days }, lines: lines.length === 0 ? ["Nothing began or ended."] : lines };
      }),
    );
}
