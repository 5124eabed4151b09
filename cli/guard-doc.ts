import { detectorIds } from "#lib/roster/guard/detector-ids.ts";
import { detectors } from "#lib/roster/guard/detectors.ts";
import { type SafetySetting, safetyKeys, safetySettings } from "#lib/roster/guard/settings.ts";

const introduction = `# The guard

<!-- Made from lib/roster/guard/ by cli/guard-doc.ts. Change it there. -->

Before a plan is applied, every detector looks at it: at its totals and at small aggregates that SQL makes of it, never at rows. One that
finds something holds the whole plan; it waits, and nothing changes until an admin approves exactly this plan or discards it. The run says
which detector, the numbers, what it looks like, what to check, and five changes as examples: on its page, in \`sync show\` and
\`sync run --wait\`; the audit log has detector and numbers, and names nobody. A preview is judged in the same way.`;

const afterword = `## What to know

- A setting is the most that goes through without a question. A percentage of 100 or a count of 1,000,000 keeps its detector silent.
- \`FILE.json\` of \`integration add\` takes any of them under \`safety\`; what it does not name has its default.
- Seven days and days over are those of the database's clock, in the district's time zone.
- What an admin approved is no longer counted: neither by the week nor by the history of lists.
- A new school year is asked about once; approve it, and the days after it are ordinary. Where \`askAtRollover\` is off it is applied by
  itself once the old terms are over, and the run says so.
- Half a school year of the sandbox's days goes through without a question but the new year's:
  \`AIVO_QUIET_DAYS=180 npx vitest run cli/guard-quiet.db.test.ts\` (\`npm test\` runs its last days).`;

/** docs/guard.md: every detector and every setting. */
export function guardDocument(): string {
  const seen = detectorIds.map((id) => {
    const { title, sees, quiet, settings } = detectors[id];
    return `| \`${id}\` | ${title} | ${sees} | ${quiet} | ${settings.map((key) => `\`${key}\``).join(", ")} |`;
  });
  const set = safetyKeys.map((key) => {
    const { kind, default: usual, label, hint }: SafetySetting = safetySettings[key];
    return `| \`${key}\` | ${label}. ${hint} | ${kind} | ${usual} |`;
  });
  return `${[
    introduction,
    "## Detectors",
    ["| id | what it is called | what it sees | what stays quiet | settings |", "|---|---|---|---|---|", ...seen].join("\n"),
    "## Settings",
    ["| key | meaning | kind | default |", "|---|---|---|---|", ...set].join("\n"),
    afterword,
  ].join("\n\n")}\n`;
}

/** `node cli/guard-doc.ts > docs/guard.md` writes the page again after a change of lib/roster/guard/. */
if (import.meta.main) process.stdout.write(guardDocument());
