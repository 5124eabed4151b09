import { Command } from "commander";
import { find } from "#lib/services/find/find.ts";
import type { FoundOne } from "#lib/services/find/schema.ts";
import { whereaboutsWords } from "#lib/services/why/schema.ts";
import { action } from "./context.ts";
import { table } from "./output.ts";
import { districtMeant } from "./why.ts";

/** `find` */
export function findCommand(): Command {
  return new Command("find")
    .argument(
      "<text>",
      "names in any order, a number, email address or id, or a sync's number; a person also leads to the syncs that changed them",
    )
    .option("--district <id>", "the district's id; left out where there is one district")
    .description("people, classes, schools, integrations and syncs, a few of each; why says more of a person")
    .action(
      action(async (services, text: string, { district }: { district?: string }) => {
        const scope = await districtMeant(services, district);
        const { allIntegrations: _, words: __, ...found } = await find(services, scope, text);
        const person = ({ ref, name, role, where, cause }: FoundOne) => [role ?? "person", name, whereaboutsWords[where], cause, ref];
        const rows = [
          ...found.people.map(person),
          ...found.alike.map(person),
          ...found.classes.map(({ ref, name, schoolName, where }) => ["class", name, whereaboutsWords[where], schoolName, ref]),
          ...found.schools.map(({ id, name, number, isActive }) => ["school", name, isActive ? "Active" : "Deactivated", number, id]),
          ...found.integrations.map(({ id, name, provider, isPaused }) => [
            "integration",
            name,
            isPaused ? "Paused" : "Active",
            provider,
            id,
          ]),
          ...found.syncs.map(({ runId, number, integrationName, kind, state, of }) => [
            kind,
            `${number}`,
            state,
            of === null ? integrationName : `${of.name}: ${of.what}`,
            runId,
          ]),
        ];
        return {
          json: { districtId: scope.districtId, ...found },
          lines: [
            ...(rows.length === 0 ? ["Nothing is found."] : []),
            ...(found.alike.length === 0 ? [] : [`Nothing is found by "${text}". Did you mean:`]),
            ...(rows.length === 0 ? [] : table(["kind", "name", "is", "more", "id"], rows)),
          ],
        };
      }),
    );
}
