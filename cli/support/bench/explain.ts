import { openCsvDistrict } from "./csv-bench.ts";
import { exportChanges } from "./other-exports.ts";
import { succeeded } from "./run.ts";
import { type BenchOptions, say } from "./stage.ts";

/** The statements that matter most in a sync, and how each is told from the others by what it does. */
const statements: readonly (readonly [name: string, text: RegExp])[] = [
  ["comparing enrollments with the mirror (news.ts)", /insert into staging\.\S*enrollments.*\bsource_records\b/s],
  ["planning people (plan-records.ts)", /insert into staging\.\S*plan_account/],
  ["counting whom a change is compared with (guard-facts-known.ts)", /\) x\) as "known"/],
  ["planning memberships (plan-memberships.ts)", /insert into staging\.\S*plan_membership/],
  ["writing memberships (apply.ts)", /(insert into|update) memberships\b/],
  ["writing the mirror's enrollments (mirror.ts)", /(insert into|update) source_records\b.*'enrollments'/s],
];

/** As EXPLAIN (ANALYZE, BUFFERS, TIMING OFF), of every statement that takes long enough. */
const settings = {
  session_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "2ms",
  "auto_explain.log_analyze": "on",
  "auto_explain.log_buffers": "on",
  "auto_explain.log_timing": "off",
};

/**
 * How PostgreSQL carries out those statements in a first sync, in a night in which 1 % has changed and in a delta, as it tells by itself while they run:
 * of each the slowest there was. As Markdown.
 * @throws Error where DATABASE_URL names a server that is not the bench's own: its log is not ours
 */
export async function explainSync(options: BenchOptions): Promise<string> {
  if (process.env.DATABASE_URL) throw new Error("Plans are read from the log of the bench's own server: leave DATABASE_URL out");
  const { stage, publish, publishOther } = await openCsvDistrict(options, settings);
  const told: string[] = [];
  for (const [what, prepare] of [
    ["First sync", () => {}],
    ["1 % changed", () => void publish(1)],
    ["Ten changed records told by a delta", () => publishOther(async (directory) => void (await exportChanges(directory, 10)))],
  ] as const) {
    await prepare();
    const sync = async () => succeeded(await stage.sync(what.toLowerCase()));
    const logged = await stage.server?.logged(sync);
    const plans = plansIn(logged?.log ?? "");
    say(`  ${plans.length} plans`);
    told.push(`## ${what}, ${options.users.toLocaleString("en-US")} users`);
    for (const [name, text] of statements) {
      const slowest = plans.find((plan) => text.test(plan.query));
      if (slowest !== undefined) told.push(`### ${name}: ${slowest.milliseconds.toFixed(0)} ms`, `\`\`\`\n${slowest.plan}\n\`\`\``);
    }
    const others = plans.slice(0, 8).map(({ milliseconds, query }) => `- ${milliseconds.toFixed(0)} ms: \`${query.slice(0, 100)}\``);
    told.push("The slowest of all:", others.join("\n"));
  }
  return told.join("\n\n");
}

interface Plan {
  readonly milliseconds: number;
  readonly query: string;
  readonly plan: string;
}

/** The slowest first. A line of the log that begins with a tab goes on with the one before. */
function plansIn(log: string): readonly Plan[] {
  const plans = log.split(/\n(?!\t)/).flatMap((entry): Plan[] => {
    const [head = "", ...lines] = entry.split("\n\t");
    const milliseconds = /duration: ([\d.]+) ms {2}plan:$/.exec(head)?.[1];
    if (milliseconds === undefined) return [];
    const begin = lines.findIndex((line) => /\(cost=/.test(line));
    const query = lines
      .slice(0, begin)
      .join(" ")
      .replace(/^Query Text: /, "");
    return [{ milliseconds: Number(milliseconds), query: plain(query).replace(/\s+/g, " "), plan: plain(lines.slice(begin).join("\n")) }];
  });
  return plans.sort((a, b) => b.milliseconds - a.milliseconds);
}

/** Without what is another in each run. */
function plain(text: string): string {
  return text.replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, "…").replace(/_[0-9a-f]{32}(?![0-9a-f])/g, "_…");
}
