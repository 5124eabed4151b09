import { Command } from "commander";
import { deactivateAccount, reactivateAccount } from "#lib/services/accounts/write.ts";
import { operatorScopeOf } from "#lib/services/districts/owners.ts";
import { getRecordEdits, listEdits } from "#lib/services/edits/read.ts";
import { type EditedEntity, type EditRow, EditsFilter, editColumns } from "#lib/services/edits/schema.ts";
import { archiveClassroom, barPerson, releaseStatus, restoreClassroom, unbarPerson } from "#lib/services/edits/standing.ts";
import { editClassroom, editPerson, releaseEdits } from "#lib/services/edits/write.ts";
import type { Services } from "#lib/services/services.ts";
import { action } from "./context.ts";
import { listing } from "./listing.ts";
import { type Answer, CommandError, table } from "./output.ts";
import { addPersonData } from "./person-data.ts";

/** An option for each field, by its name: `--given-name` is givenName. Lists have commas between their values. */
const options = {
  account: {
    givenName: "first name",
    middleName: "middle name",
    familyName: "last name",
    email: "email address",
    username: "user name",
    grade: "grade; learners only",
    studentNumber: "student number; learners only",
    schoolIds: "ids of schools in Aivo, with commas between them",
  },
  classroom: {
    name: "name",
    code: "code",
    classType: "homeroom or scheduled",
    subjects: "subjects, with commas between them; blank: those of its course",
    grades: "grades, with commas between them; blank: those of its course",
    periods: "periods, with commas between them",
    courseId: "id of a course in Aivo; blank: none",
    schoolId: "id of a school in Aivo",
    termIds: "ids of terms in Aivo, with commas between them",
  },
} as const satisfies { [E in EditedEntity]: Record<keyof (typeof editColumns)[E], string> };
const lists: ReadonlySet<string> = new Set(["schoolIds", "subjects", "grades", "periods", "termIds"]);
const kinds = { account: "person", classroom: "classroom" } as const;

type Given = Readonly<Record<string, string>>;

export function personCommand(): Command {
  const person = new Command("person").description("teachers and learners, as admins decide about them");
  addEditing(person, "account");
  person
    .command("deactivate <id>")
    .requiredOption("--reason <text>", "why; it stands in the person's history")
    .description("deactivate somebody, whatever the SIS says; their sessions end")
    .action(onPerson((services, scope, id, { reason }) => deactivateAccount(services, scope, id, reason), "Deactivated."));
  person
    .command("reactivate <id>")
    .description("let somebody be active again, also whom the SIS has no longer")
    .action(onPerson((services, scope, id) => reactivateAccount(services, scope, id), "Active."));
  person
    .command("bar <id>")
    .requiredOption("--reason <text>", "why; it stands in the person's history")
    .description("do not let somebody sign in, who stays in their classes; their sessions end")
    .action(onPerson((services, scope, id, { reason }) => barPerson(services, scope, id, { reason }), "Barred."));
  person
    .command("unbar <id>")
    .description("let somebody sign in again")
    .action(onPerson((services, scope, id) => unbarPerson(services, scope, id), "Not barred any more."));
  addPersonData(person);
  return person;
}

export function classroomCommand(): Command {
  const classroom = new Command("classroom").description("classrooms, as admins decide about them");
  addEditing(classroom, "classroom");
  classroom
    .command("archive <id>")
    .requiredOption("--reason <text>", "why; it stands in the classroom's history")
    .description("archive a classroom, whatever the SIS says; its members go on following the SIS")
    .action(onClassroom((services, scope, id, { reason }) => archiveClassroom(services, scope, id, { reason }), "Archived."));
  classroom
    .command("restore <id>")
    .description("bring a classroom back, also one that the SIS has no longer")
    .action(onClassroom((services, scope, id) => restoreClassroom(services, scope, id), "Active."));
  return classroom;
}

export function editsCommand(): Command {
  const edits = new Command("edits").description("what admins edited and decided against a SIS");
  edits
    .command("list")
    .requiredOption("--district <id>", "the district's id")
    .option("--integration <id>", "only of records that this integration supplies")
    .option("--kind <kind>", "differs or same: whether the SIS says otherwise by now")
    .option("--of <what>", "people or classrooms")
    .description("list what is kept, with what the SIS says")
    .action(
      action(async (services, { district, ...given }: { district: string; integration?: string; kind?: string; of?: string }) => {
        const scope = await operatorScopeOf(services, "district", district);
        const filter = EditsFilter.parse(given);
        for (const name of ["integration", "kind", "of"] as const)
          if (given[name] !== undefined && filter[name] === undefined)
            throw new CommandError("usage", `--${name} cannot be ${given[name]}`);
        return listing<EditRow>({
          json: { districtId: district },
          name: "edits",
          header: ["id", "name", "field", "in Aivo", "the SIS says", "integration", "edited"],
          cells: (edit) => [
            edit.recordId,
            edit.name,
            edit.field,
            edit.value,
            edit.isSame ? "the same" : edit.sisValue,
            edit.integrationName,
            edit.editedAt,
          ],
          empty: "Nothing is kept against a SIS.",
          each: async (write) => {
            for (let page = 1; ; page++) {
              const { rows, total, pageSize } = await listEdits(services, scope, { ...filter, page });
              await write(rows);
              if (page * pageSize >= total) return;
            }
          },
        });
      }),
    );
  return edits;
}

function addEditing(command: Command, entity: EditedEntity): void {
  const noun = kinds[entity];
  const fields: Readonly<Record<string, string>> = options[entity];
  const edit = command.command("edit <id>").description(`edit a ${noun}'s values; what a SIS supplies is kept against it`);
  for (const [field, words] of Object.entries(fields)) edit.option(`--${dashed(field)} <value>`, words);
  edit.action(
    action(async (services, id: string, given: Given) => {
      const scope = await operatorScopeOf(services, entity, id);
      const input = Object.fromEntries(
        Object.keys(fields).flatMap((field) =>
          given[field] === undefined ? [] : [[field, lists.has(field) ? items(given[field]) : given[field]]],
        ),
      );
      if (Object.keys(input).length === 0) throw new CommandError("usage", `Name a value to edit; ${noun} edit --help lists them.`);
      const changed = await (entity === "account" ? editPerson : editClassroom)(services, scope, id, input);
      return { json: { id, changed }, lines: [changed.length === 0 ? "Nothing changed." : `Changed: ${changed.join(", ")}`] };
    }),
  );
  command
    .command("release <id>")
    .option("--field <name>", `a field (${Object.keys(fields).join(", ")}, status); all that is edited otherwise`)
    .description(`give a ${noun}'s edits back to what the SIS says`)
    .action(action((services, id: string, { field }: { field?: string }) => release(services, entity, id, field)));
  command
    .command("edits <id>")
    .description(`show what is edited of a ${noun}, and its history by hand`)
    .action(action((services, id: string, _options: unknown) => show(services, entity, id)));
}

async function release(services: Services, entity: EditedEntity, id: string, field: string | undefined): Promise<Answer> {
  const scope = await operatorScopeOf(services, entity, id);
  const columns: Readonly<Record<string, string>> = editColumns[entity];
  if (field !== undefined && field !== "status" && columns[field] === undefined)
    throw new CommandError("usage", `--field is one of ${Object.keys(columns).join(", ")}, status`);
  const { edits } = await getRecordEdits(services, scope, entity, id);
  const wanted = edits.map((edit) => edit.field).filter((column) => field === undefined || column === (columns[field] ?? field));
  if (wanted.length === 0) throw new CommandError("not-found", "There is no such edit.");
  const values = wanted.filter((column) => column !== "status");
  if (values.length > 0) await releaseEdits(services, scope, entity, id, values);
  if (wanted.includes("status")) await releaseStatus(services, scope, entity, id);
  return { json: { id, released: wanted }, lines: [`Given back to the SIS: ${wanted.join(", ")}`] };
}

async function show(services: Services, entity: EditedEntity, id: string): Promise<Answer> {
  const found = await getRecordEdits(services, await operatorScopeOf(services, entity, id), entity, id);
  const edits = table(
    ["field", "in Aivo", "the SIS says", "by", "at"],
    found.edits.map((edit) => [edit.field, edit.value, edit.isSame ? "the same" : edit.sisValue, edit.editedBy, edit.editedAt]),
  );
  const history = table(
    ["at", "what", "by", "reason", "fields"],
    found.history.map(({ at, action, actor, reason, fields }) => [
      at,
      action,
      actor,
      reason,
      fields.map(({ field, before, after }) => `${field}: ${before ?? "–"} → ${after ?? "–"}`).join("; "),
    ]),
  );
  return { json: { id, ...found }, lines: [...edits, "", ...history] };
}

type Deed = (
  services: Services,
  scope: Awaited<ReturnType<typeof operatorScopeOf>>,
  id: string,
  options: { reason: string },
) => Promise<void>;

const onPerson = (work: Deed, done: string) => onRecord("account", work, done);
const onClassroom = (work: Deed, done: string) => onRecord("classroom", work, done);

function onRecord(kind: "account" | "classroom", work: Deed, done: string) {
  return action(async (services, id: string, given: { reason: string }) => {
    if (given.reason !== undefined && given.reason.trim() === "") throw new CommandError("usage", "--reason says why");
    await work(services, await operatorScopeOf(services, kind, id), id, given);
    return { json: { id, done: true }, lines: [done] };
  });
}

const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const items = (text: string) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean);
