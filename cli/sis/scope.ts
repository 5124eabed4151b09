import { Command } from "commander";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { type Scope, scopeKinds, scopeLists, wholeScope } from "#lib/roster/scope.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { getScopeInFull, previewScope, scopeChoices } from "#lib/services/scope/read.ts";
import { ChoiceSearch, consequencesInWords, type ScopeCounts, searchedLists } from "#lib/services/scope/schema.ts";
import { setScope } from "#lib/services/scope/write.ts";
import { action } from "./context.ts";
import { table } from "./output.ts";

type Given = Partial<Record<keyof Scope, string[] | string>> & { readonly everything?: boolean };

export function scopeCommand(): Command {
  const scope = new Command("scope").description("what of a SIS an integration leaves out");
  scope
    .command("show <integration>")
    .description("show what is left out, and how much that is")
    .action(
      action(async (services, integrationId: string) => {
        const access = await operatorScopeOf(services, "integration", integrationId);
        const state = await getScopeInFull(services, access, integrationId);
        const lists = scopeLists.map((list) => [
          list,
          namesOf(state.scope[list], list in state.named ? state.named[list as "schools"] : []),
        ]);
        return {
          json: { integrationId, ...state },
          lines: [
            ...table(["list", "left out"], lists),
            "",
            `What is out of scope is ${state.scope.outside === "leave" ? "left as it is" : "withdrawn"} in Aivo.`,
            ...(state.counts.length > 0 ? ["", ...countLines(state.counts)] : []),
            ...(state.isApplied || !state.isRead ? [] : ["", "No sync has applied this yet: sync run INTEGRATION --from-memory."]),
          ],
        };
      }),
    );
  leavingOut(scope.command("preview <integration>"))
    .description("count what a scope would leave out and bring back, without setting it")
    .action(
      action(async (services, integrationId: string, given: Given) => {
        const access = await operatorScopeOf(services, "integration", integrationId);
        const { scope: current } = await getScopeInFull(services, access, integrationId);
        const preview = await previewScope(services, access, integrationId, merged(current, given));
        return {
          json: { integrationId, ...preview },
          lines: [...consequencesInWords(preview.counts, preview.scope), "", ...countLines(preview.counts)],
        };
      }),
    );
  leavingOut(scope.command("set <integration>"))
    .description(
      "set what is left out; a list that is not named stays as it is. The next sync applies it, or: sync run INTEGRATION --from-memory",
    )
    .action(
      action(async (services, integrationId: string, given: Given) => {
        const access = await operatorScopeOf(services, "integration", integrationId);
        const { scope: current } = await getScopeInFull(services, access, integrationId);
        const wanted = merged(current, given);
        const { scope: set, counts } = await previewScope(services, access, integrationId, wanted);
        const isChanged = await setScope(services, access, integrationId, wanted);
        return {
          json: { integrationId, scope: set, isChanged, counts },
          lines: isChanged ? ["Set.", ...consequencesInWords(counts, set)] : ["That is what it was already."],
        };
      }),
    );
  scope
    .command("choices <integration> <list>")
    .option("--search <text>", "part of a name, a number, a code or an id")
    .description(`list what can be left out one by one, of ${searchedLists.join(", ")}`)
    .action(
      action(async (services, integrationId: string, list: string, { search }: { search?: string }) => {
        const access = await operatorScopeOf(services, "integration", integrationId);
        const asked = parseOrRefuse(ChoiceSearch, { list, search }, `The lists are ${searchedLists.join(", ")}.`);
        const choices = await scopeChoices(services, access, integrationId, asked);
        const count = list === "schools" ? "learners" : "classes";
        return {
          json: { integrationId, list, ...choices },
          lines: [
            ...table(
              ["id", "name", "", count],
              choices.rows.map((row) => [row.id, row.name, row.hint, row.count]),
            ),
            ...(choices.total > choices.rows.length ? ["", `${choices.total} in all; --search finds the others.`] : []),
          ],
        };
      }),
    );
  return scope;
}

function leavingOut(command: Command): Command {
  return command
    .option("--schools <ids...>", "schools to leave out, by the SIS's ids; an empty text leaves none out")
    .option("--terms <ids...>", "terms, likewise")
    .option("--courses <ids...>", "courses, likewise")
    .option("--grades <grades...>", "grades of learners: KG, 01, 12 …")
    .option("--kinds <kinds...>", scopeKinds.join(", "))
    .option("--outside <what>", "leave: what is out of scope stays as it is; withdraw: it is deactivated")
    .option("--everything", "leave nothing out");
}

/** What is given in the place of what is set. */
function merged(current: Scope, { everything, ...given }: Given): Record<string, unknown> {
  const lists = Object.entries(given).map(([name, value]) => [name, Array.isArray(value) ? value.filter((id) => id !== "") : value]);
  return { ...(everything ? { ...wholeScope, outside: current.outside } : current), ...Object.fromEntries(lists) };
}

function namesOf(ids: readonly string[], named: readonly { readonly id: string; readonly name: string }[]): string {
  if (ids.length === 0) return "–";
  return ids.map((id) => named.find((one) => one.id === id)?.name ?? id).join(", ");
}

function countLines(counts: readonly ScopeCounts[]): string[] {
  const rows = counts.map((c) => [c.entity, c.total, c.out, c.inAivo, c.leaving, c.back]);
  return table(["kind", "in the SIS", "out of scope", "of these in Aivo", "newly out", "brought back"], rows);
}
