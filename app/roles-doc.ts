import { type Capability, capabilities, definitionOf, type Role, roles } from "#lib/platform/roles.ts";
import { actionDoors, type Door, opensTo, pageDoors, routeDoors } from "./doors.ts";

const all = Object.keys(roles) as Role[];

interface Command {
  readonly words: string;
  readonly says: string;
}

/**
 * docs/roles.md: what each role may, and which doors that opens.
 * @param commands those of `npm run sis`, as cli/sis/command-line.ts knows them
 */
export function rolesDocument(commands: readonly Command[]): string {
  return `${[
    introduction,
    table(
      ["role", "in a sentence", "reaches"],
      all.map((role) => {
        const { label, says, reach } = definitionOf(role);
        return [label, says, { district: "the district", schools: "some schools", own: "what is their own" }[reach]];
      }),
    ),
    "## What each may",
    table(
      ["what", ...labels],
      (Object.keys(capabilities) as Capability[]).map((one) => [
        capabilities[one],
        ...all.map((role) => mark(definitionOf(role).may.includes(one))),
      ]),
    ),
    "The last of these is for whoever runs Aivo, by the [command line](#commands) alone.",
    "## Pages",
    doors(pageDoors),
    "## Actions",
    "What buttons and forms do, by the names of their code.",
    doors(actionDoors),
    "## Other addresses",
    doors(routeDoors),
    "## Commands",
    "Every command of `npm run sis` is the operator's, whoever runs Aivo, and nobody else's: it asks for no sign-in, reaches every district, and whoever can start it has the database and the keys.",
    table(
      ["command", "what it does"],
      commands.map(({ words, says }) => [`\`${words.replaceAll("|", "\\|")}\``, says.replaceAll("|", "\\|")]),
    ),
  ].join("\n\n")}\n`;
}

const labels = all.map((role) => definitionOf(role).label);

const introduction = `# Roles

<!-- Made from lib/platform/roles.ts, app/doors.ts and cli/sis/command-line.ts by app/roles-doc.ts. Change it there. -->

An admin has one role, which a district admin gives on Settings → Team, and whoever runs Aivo with \`npm run sis -- admin create --role …\` or \`admin role\`. It counts from the
next click on. No SIS gives one: whoever it calls an administrator is not rostered. Teachers and learners are those whom a SIS rosters.

A **school admin** sees the people and classes of the schools that were chosen for them: a person belongs to the schools that Aivo has for them, a class to its own. Lists, counts, searches and
files have those alone; another school's person is not there for them, rather than forbidden. What stands in the history of a person or class of theirs is shown whole. The last district admin can be
neither deactivated nor given another role, and nobody changes their own.`;

function doors(of: Readonly<Record<string, Door>>): string {
  return table(
    ["door", ...labels],
    Object.entries(of).map(([name, door]) => [`\`${name}\``, ...all.map((role) => said(door, role))]),
  );
}

function said(door: Door, role: Role): string {
  if (door.needs === "nothing") return "anybody";
  if (door.needs === "program") return "programs";
  if (!opensTo(door, role)) return mark(false);
  return door.needs === "own" ? "own" : definitionOf(role).reach === "schools" ? "own schools" : mark(true);
}

const mark = (is: boolean) => (is ? "yes" : "–");

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** `node app/roles-doc.ts > docs/roles.md` writes the page again after a change of the tables. */
if (import.meta.main) {
  // biome-ignore lint/style/noRestrictedImports: the page is written by whoever changes the code; nothing of the product runs this
  const { knownCommands } = await import("#cli/sis/command-line.ts");
  process.stdout.write(rolesDocument(await knownCommands()));
}
