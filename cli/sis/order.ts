import { Command } from "commander";
import { allOrderedFields, orderedFieldsOf } from "#lib/roster/ordered-fields.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { getOrder, previewOrder, setOrder } from "#lib/services/integrations/order.ts";
import { fieldTitle, type KindPreview, type StandingOrder } from "#lib/services/integrations/order-schema.ts";
import { action } from "./context.ts";
import { CommandError, table } from "./output.ts";

interface Given {
  readonly district: string;
  readonly first?: string;
  readonly kind?: readonly string[];
  readonly field?: readonly string[];
  readonly preview?: boolean;
}

/** `integration order`: whose values win where several integrations have a record. */
export function orderCommand(): Command {
  return new Command("order")
    .requiredOption("--district <id>", "the district's id")
    .option("--first <ids>", "integrations with commas between them, the first one first; the others follow as they were")
    .option(
      "--kind <kind=ids>",
      "another order for schools, terms, courses, classes, people or memberships; may be repeated. With --first, kinds that are not named have that order",
      (one: string, before: readonly string[] = []) => [...before, one],
    )
    .option(
      "--field <kind.field=ids>",
      "another order for one field of a kind, as people.email; nothing after the = takes it away; may be repeated. With --first, fields that are not named follow their kind",
      (one: string, before: readonly string[] = []) => [...before, one],
    )
    .option("--preview", "only say what would change")
    .description("show or set whose values win where several integrations have a record")
    .action(
      action(async (services, { district, first, kind, field, preview }: Given) => {
        const scope = await operatorScopeOf(services, "district", district);
        const standing = await getOrder(services, scope);
        if (first === undefined && kind === undefined && field === undefined)
          return { json: { districtId: district, ...standing }, lines: inWords(standing) };
        const named = Object.fromEntries((kind ?? []).map(kindOf));
        const namedFields = Object.fromEntries((field ?? []).map(fieldOf));
        const input = {
          order: first === undefined ? standing.order : idsOf(first),
          kinds: first === undefined ? { ...standing.kinds, ...named } : named,
          fields: first === undefined ? { ...standing.fields, ...namedFields } : namedFields,
        };
        if (preview) {
          const kinds = await previewOrder(services, scope, input);
          return { json: { districtId: district, preview: kinds }, lines: previewLines(kinds) };
        }
        const saved = await setOrder(services, scope, input);
        return {
          json: { districtId: district, ...saved },
          lines: [...inWords(saved), "", "The next sync of each integration follows it."],
        };
      }),
    );
}

const kindNames = {
  schools: "school",
  terms: "term",
  courses: "course",
  classes: "classroom",
  people: "account",
  memberships: "membership",
} as const;

const idsOf = (text: string) =>
  text
    .split(",")
    .map((id) => id.trim())
    .filter(Boolean);

function kindOf(text: string): readonly [string, string[]] {
  const [name = "", ids = ""] = text.split("=");
  if (!Object.hasOwn(kindNames, name)) throw new CommandError("usage", `--kind begins with one of ${Object.keys(kindNames).join(", ")}`);
  return [kindNames[name as keyof typeof kindNames], idsOf(ids)];
}

function fieldOf(text: string): readonly [string, string[]] {
  const [name = "", ids = ""] = text.split("=");
  const [kind = "", field = ""] = name.split(".");
  if (!Object.hasOwn(kindNames, kind)) throw new CommandError("usage", `--field begins with one of ${Object.keys(kindNames).join(", ")}`);
  const entity = kindNames[kind as keyof typeof kindNames];
  const found = orderedFieldsOf(entity).find((one) => one.field === `${entity}.${field}`);
  if (!found) {
    const fields = orderedFieldsOf(entity).map((one) => one.field.replace(entity, kind));
    throw new CommandError("usage", `--field is one of ${fields.join(", ")} for ${kind}`);
  }
  return [found.field, idsOf(ids)];
}

function inWords({ integrations, kinds, fields }: StandingOrder): string[] {
  const names = Object.entries(kindNames);
  const nameOf = (entity: string) => names.find(([, kind]) => kind === entity)?.[0] ?? entity;
  const own = [
    ...names.map(([name, kind]) => [name, kinds[kind]] as const),
    ...allOrderedFields.map(({ field, entity }) => [field.replace(entity, nameOf(entity)), fields[field]] as const),
  ].filter(([, ids]) => ids !== undefined);
  return table(
    ["place", "integration", "name", "state", ...own.map(([name]) => name)],
    integrations.map(({ id, name, state }, index) => [index + 1, id, name, state, ...own.map(([, ids]) => (ids?.indexOf(id) ?? -1) + 1)]),
  );
}

function previewLines(kinds: readonly KindPreview[]): string[] {
  if (kinds.length === 0) return ["No record would be supplied by another integration than now."];
  return table(
    ["kind", "supplied by another", "of single fields", "values that would change"],
    kinds.map(({ kind, records, single, fields }) => [
      kind,
      records,
      single.map(({ field, records: of }) => `${fieldTitle(field)} of ${of}`).join(", "),
      fields.map(({ label, count }) => `${label} ${count}`).join(", "),
    ]),
  );
}
