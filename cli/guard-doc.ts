import { type DetectorId, detectorIds } from "#lib/roster/guard/detector-ids.ts";
import { detectors } from "#lib/roster/guard/detectors.ts";
import { type SafetySetting, safetyKeys, safetySettings } from "#lib/roster/guard/settings.ts";

const introduction = `# The guard

<!-- Made from lib/roster/guard/ by cli/guard-doc.ts. Change it there. -->

Before a plan is applied, every detector looks at it: at its totals and at small aggregates that SQL makes of it, never at rows. What one of them
finds in doubt is **withheld**: the plan is made again without it, looked at again, and applied. What is withheld waits, record by record, until an
admin approves or refuses it; the roster has it as before meanwhile, so who would leave can still sign in. Some findings are about the plan as a
whole (a new school year, a first sync of people who are there already), and so is everything where \`withholdDoubtful\` is off: then the plan is
**held**, and nothing changes until an admin approves exactly this plan or discards it. The run says which detector, the numbers, what it looks like
and what to check: on its page, in \`sync show\` and \`sync run --wait\`; the audit log has detector and numbers, and names nobody. A preview is
judged in the same way.

## A held plan is a decision

- Its page says what it looks like, what it does to each school's learners and classes, and shows a few people as they are and as they would be; so does
  \`sync parts RUN\`.
- It is approved as a whole or **in parts**. A part is what can be withheld: learners who finish or leave, teachers who leave, who moves up, other
  details of people, classes and class memberships that end. What is unchecked is withheld, record by record, and waits for a decision of its own;
  what is checked is applied exactly as it was shown, with the same ids (\`sync approve RUN --without PART --hash H --reason R\`).
- So is each **record** of a part: open the part, find it by name, uncheck it; or check a few of a part that is left out (\`sync parts RUN --part PART\` lists
  them, \`--without PART:ID\` leaves one out). Of one part that is at most a thousand.
- What a plan brings or links, and schools, terms and courses, go with all: everything else depends on them. Where schools end, nothing can be left out;
  classes that end with their terms cannot either.
- When it looks like harm, nothing that leaves or changes is checked, and to refuse is the main button.
- Without a decision the roster stays. The next sync reads the SIS again and puts a new plan in the place of this one. A plan that nobody decides on is
  **dropped** after seven days, or as the next school year of the roster or of the plan begins, whichever is earlier; who was told that it waits is told so.

## What is withheld

- *Integrations → … → Waiting for your decision* lists it by cause and school and record by record, with what Aivo has and what the SIS says; so does
  \`withheld list INTEGRATION\`. The integration, its list and the overview say how many wait and since when.
- **Approve** some, a group or all: a run applies exactly what was shown, at once, from what the SIS said before. If a sync or a colleague has changed
  the list meanwhile, nothing is applied and you are asked to look again (\`withheld approve INTEGRATION --hash H --reason R\`).
- **Refuse**: Aivo keeps what it has, and does not ask again while the SIS says the same. *Refused* lists it, and can take it back.
- Class memberships of a person or class that is withheld stay with it, and are decided about with it.
- Later syncs take away what the SIS says no longer, and add what is in doubt anew. Nothing that waits is ever applied by itself, however often a sync runs
  or whatever the limits are set to; and what waits is not counted again by any detector.
- With \`additionsOnly\` nothing that leaves the SIS is taken away before you approve it.
- An approval that is [undone](undo.md) is no approval any more: what it applied waits again.`;

const afterword = `## What to know

- A setting is the most that goes through without a question. A percentage of 100 or a count of 1,000,000 keeps its detector silent.
- \`FILE.json\` of \`integration add\` takes any of them under \`safety\`; what it does not name has its default.
- Seven days and days over are those of the database's clock, in the district's time zone.
- What an admin approved is no longer counted: neither by the week nor by the history of lists.
- A new school year is asked about once; approve it, and the days after it are ordinary. Where \`askAtRollover\` is off it is applied by
  itself once the old terms are over, and the run says so.
- Half a school year of the sandbox's days goes through without a question but the new year's:
  \`npm run test:histories\` (\`npm test\` runs its last days).`;

/** docs/guard.md: every detector and every setting. */
export function guardDocument(): string {
  const contents = detectorIds.map((id) => `| [\`${id}\`](#${id}) | ${detectors[id].title} |`);
  const set = safetyKeys.map((key) => {
    const { kind, default: usual, label, hint }: SafetySetting = safetySettings[key];
    return `| \`${key}\` | ${label}. ${hint} | ${kind} | ${usual} |`;
  });
  return `${[
    introduction,
    "## Detectors",
    ["| detector | what it is called |", "|---|---|", ...contents].join("\n"),
    ...detectorIds.map(describeDetector),
    "## Settings",
    ["| key | meaning | kind | default |", "|---|---|---|---|", ...set].join("\n"),
    afterword,
  ].join("\n\n")}\n`;
}

/** The id alone is the heading, so that the anchor is the id wherever the page is rendered. */
function describeDetector(id: DetectorId): string {
  const { title, sees, quiet, withholds, settings } = detectors[id];
  const set = settings.map((key) => `\`${key}\``).join(", ");
  return [
    `### ${id}`,
    `**${title}.** ${sees}`,
    `- What stays quiet: ${quiet}\n- What is withheld: ${withholds}\n- Settings: ${set || "none"}`,
  ].join("\n\n");
}

/** `node cli/guard-doc.ts > docs/guard.md` writes the page again after a change of lib/roster/guard/. */
if (import.meta.main) process.stdout.write(guardDocument());
