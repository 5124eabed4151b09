import { Command } from "commander";
import type { ReadingRules } from "#lib/roster/reading-rules.ts";
import { roleFamilies } from "#lib/roster/role-words.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { setReadingRules } from "#lib/services/integrations/reading-rules.ts";
import { enrollmentMeanings } from "#lib/services/integrations/reading-rules-schema.ts";
import { action } from "./context.ts";
import { CommandError, table } from "./output.ts";

interface Given {
  readonly preferredNames?: string;
  readonly personKeys?: string[];
  readonly roles?: string[];
  readonly orgTypes?: string[];
  readonly enrollments?: string[];
  readonly graceDays?: string;
}

export function readingCommand(): Command {
  const reading = new Command("reading").description("how records of OneRoster 1.2 are read where it leaves that to the district");
  reading
    .command("show <integration>")
    .description("show names, keys of people, own words and days of grace")
    .action(
      action(async (services, id: string) => {
        const { onerosterVersion, readingRules } = await getIntegration(services, await operatorScopeOf(services, "integration", id), id);
        if (readingRules === null)
          return {
            json: { id, onerosterVersion, readingRules },
            lines: ["These settings are for OneRoster 1.2, which this integration is not known to speak."],
          };
        return { json: { id, onerosterVersion, readingRules }, lines: table(["setting", "value"], rowsOf(readingRules)) };
      }),
    );
  reading
    .command("set <integration>")
    .option("--preferred-names <yes|no>", "people by the names that they prefer")
    .option("--person-keys <types...>", "types of user ids that tell who somebody is; an empty text: none")
    .option(
      "--roles <words...>",
      `roles of people in the SIS's own words, as ext:coach=teaching (${roleFamilies.join(", ")}); an empty text: none`,
    )
    .option("--org-types <words...>", "own types of orgs that are schools; an empty text: none")
    .option(
      "--enrollments <words...>",
      `roles in classes in own words, as ext:helper=teacher (${enrollmentMeanings.join(", ")}); an empty text: none`,
    )
    .option("--grace-days <days>", "for so long somebody stays after their last role")
    .description("set what is named; the rest stays. The next sync reads and plans everything by it")
    .action(
      action(async (services, id: string, given: Given) => {
        const scope = await operatorScopeOf(services, "integration", id);
        const isChanged = await setReadingRules(services, scope, id, patchOf(given));
        const { readingRules } = await getIntegration(services, scope, id);
        return { json: { id, isChanged, readingRules }, lines: [isChanged ? "Set." : "That is what it was already."] };
      }),
    );
  return reading;
}

function rowsOf(rules: ReadingRules): string[][] {
  const words = (map: Readonly<Record<string, string>>) => Object.entries(map).map(([word, meaning]) => `${word}=${meaning}`);
  const list = (all: readonly string[]) => all.join(", ") || "–";
  return [
    ["preferred names", rules.preferredNames ? "yes" : "no"],
    ["person keys", list(rules.personKeys)],
    ["roles", list(words(rules.roleWords))],
    ["org types", list(rules.orgTypes)],
    ["enrollments", list(words(rules.enrollmentRoles))],
    ["grace days", String(rules.graceDays)],
  ];
}

function patchOf({ preferredNames, personKeys, roles, orgTypes, enrollments, graceDays }: Given): Record<string, unknown> {
  const isYes = preferredNames === undefined ? undefined : { yes: true, no: false }[preferredNames];
  const patch = {
    preferredNames: isYes ?? preferredNames,
    personKeys: personKeys?.filter(Boolean),
    roleWords: roles && meaningsOf(roles),
    orgTypes: orgTypes?.filter(Boolean),
    enrollmentRoles: enrollments && meaningsOf(enrollments),
    graceDays,
  };
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

function meaningsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.filter(Boolean).map((pair) => {
      const [word = "", meaning] = pair.split("=");
      if (meaning === undefined) throw new CommandError("usage", `“${pair}” does not say what the word means: ${word}=MEANING.`);
      return [word.trim(), meaning.trim()];
    }),
  );
}
