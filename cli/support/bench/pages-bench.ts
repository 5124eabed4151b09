import { join } from "node:path";
import { type BrowserContext, chromium } from "@playwright/test";
import { ensureBuild } from "#cli/support/build.ts";
import { Child } from "#cli/support/child.ts";
import { freePort } from "#cli/support/free-port.ts";
import { findChromium } from "#cli/support/tools.ts";
import { waitUntilAnswering } from "#cli/support/wait.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { createAdmin } from "#lib/services/accounts/write.ts";
import { openCsvDistrict } from "./csv-bench.ts";
import { type BenchOptions, machine, say } from "./stage.ts";
import { median, type PageWeight, weighPage } from "./weigh-page.ts";

export interface PagesMeasured {
  readonly users: number;
  readonly machine: ReturnType<typeof machine>;
  readonly pages: readonly PageWeight[];
  readonly searches: readonly SearchMeasured[];
}

/** A search among the learners, typed above their list, in milliseconds from asking: the medians of several, one after the other. */
export interface SearchMeasured {
  readonly words: string;
  /** To the last byte of the page that has what it found, for a program: no browser works beside the server. */
  readonly fetched: number;
  /** To the last byte of what it found. */
  readonly answered: number;
  /** Until Chromium has put it into the page. */
  readonly shown: number;
}

const email = "dana@cedarfalls.example";

/**
 * The pages of the portal as Chromium sees them, over a district of so many people after its first sync: time to the first byte, largest
 * contentful paint, kilobytes of scripts and of HTML; and how long a search among the learners takes.
 */
export async function benchPages(options: BenchOptions): Promise<PagesMeasured> {
  const { stage } = await openCsvDistrict(options);
  const { runId } = await stage.sync("first");
  const { password } = await createAdmin(stage.services, operatorScope(stage.districtId), {
    email,
    givenName: "Dana",
    familyName: "Whitfield",
    password: `bench-${crypto.randomUUID()}`,
  });
  const baseURL = await startWeb(options, stage.variables);
  const browser = await chromium.launch({
    ...(findChromium() && { executablePath: findChromium() }),
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
  });
  options.undo.push(() => browser.close());
  const context = await browser.newContext({ baseURL, viewport: { width: 1280, height: 900 } });
  await signIn(context, password);
  const [integration] = await stage.sql<{ id: string }[]>`select id from integrations where district_id = ${stage.districtId}`;
  const [learner] = await stage.sql<{ id: string; familyName: string; givenName: string; number: string | null }[]>`
    select id, family_name as "familyName", given_name as "givenName", student_number as number from accounts
    where district_id = ${stage.districtId} and role = 'learner' order by id offset 40 limit 1`;
  const [room] = await stage.sql<{ id: string }[]>`select id from classrooms where district_id = ${stage.districtId} limit 1`;
  if (!integration || !learner || !room) throw new Error("The first sync made no learner and no classroom");
  const ofIntegration = `/integrations/${integration.id}`;
  const addresses = {
    Today: "/overview",
    Schools: "/roster/schools",
    Classrooms: "/roster/classrooms",
    Teachers: "/roster/teachers",
    Learners: "/roster/learners",
    "A learner": `/roster/learners/${learner.id}`,
    "A classroom": `/roster/classrooms/${room.id}`,
    Edits: "/roster/edits",
    Integrations: "/integrations",
    "An integration": ofIntegration,
    "A sync": `${ofIntegration}/runs/${runId}`,
    "Its changes": `${ofIntegration}/runs/${runId}/changes`,
    Conflicts: "/conflicts",
    "Audit log": "/audit-log",
    Settings: "/settings",
  };
  const pages: PageWeight[] = [];
  for (const [name, address] of Object.entries(addresses)) {
    say(`Weighing ${name} …`);
    pages.push(await weighPage(context, name, address));
  }
  const { familyName, givenName, number } = learner;
  const words = [
    familyName.slice(0, 1),
    familyName.slice(0, 2),
    familyName,
    `${familyName}, ${givenName}`,
    number ?? "1",
    "nobody-is-called-so",
  ];
  const searches: SearchMeasured[] = [];
  for (const q of words) searches.push(await search(context, q));
  return { users: options.users, machine: machine(), pages, searches };
}

async function startWeb({ home, undo }: BenchOptions, variables: Readonly<Record<string, string | undefined>>): Promise<string> {
  const build = await ensureBuild(say);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const web = new Child({
    name: "web",
    args: [join(import.meta.dirname, "../../../node_modules/next/dist/bin/next"), "start", "--port", String(port)],
    variables: { ...variables, NODE_ENV: "production", NEXT_DIST_DIR: build.directory, NEXT_TELEMETRY_DISABLED: "1", NEXTAUTH_URL: url },
    logFile: join(home, "web.log"),
    onRestart: () => {},
    onTrouble: (what, lines) => say([`The web server: ${what}`, ...lines].join("\n")),
  });
  undo.push(() => web.stop(10_000));
  await waitUntilAnswering(`${url}/sign-in`, () => false);
  return url;
}

async function signIn(context: BrowserContext, password: string): Promise<void> {
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.getByRole("textbox", { name: "Email" }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await page.close();
}

const askedTimes = 5;

/** Somebody types it into the field above the list; the pause before the list is asked for is not counted. */
async function search(context: BrowserContext, words: string): Promise<SearchMeasured> {
  const page = await context.newPage();
  try {
    const shown: number[] = [];
    const answered: number[] = [];
    for (let n = 0; n < askedTimes; n++) {
      await page.goto("/roster/learners", { waitUntil: "load" });
      await page.waitForLoadState("networkidle");
      const asked = page.waitForRequest((request) => new URL(request.url()).searchParams.get("q") === words);
      await page.getByRole("searchbox", { name: "Search learners" }).fill(words);
      await asked;
      const from = performance.now();
      // The address is changed with the list.
      await page.waitForFunction((q) => new URLSearchParams(location.search).get("q") === q, words);
      shown.push(performance.now() - from);
      answered.push(await page.evaluate(answeredIn, words));
    }
    return { words, fetched: await fetched(context, words), answered: median(answered), shown: median(shown) };
  } finally {
    await page.close();
  }
}

async function fetched(context: BrowserContext, words: string): Promise<number> {
  const address = `/roster/learners?${new URLSearchParams({ q: words })}`;
  const times: number[] = [];
  for (let n = 0; n < askedTimes; n++) {
    const from = performance.now();
    const answer = await context.request.get(address);
    await answer.body();
    if (!answer.ok()) throw new Error(`${address} answered ${answer.status()}`);
    times.push(performance.now() - from);
  }
  return median(times);
}

/** Runs in the page. */
function answeredIn(words: string): number {
  const resources = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
  const answer = resources.findLast(({ name }) => new URL(name).searchParams.get("q") === words);
  return answer === undefined ? 0 : answer.responseEnd - answer.startTime;
}

/** The tables for docs/benchmarks.md. */
export function pagesAsMarkdown({ users, machine: on, pages, searches }: PagesMeasured): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [
    `${users.toLocaleString("en-US")} people, ${on.cores} cores of ${on.cpu}, Node ${on.node}.`,
    "",
    line(["page", "first byte, ms", "LCP, ms", "JavaScript, kB", "HTML, kB", "HTML unpacked, kB"]),
    line(["---", "---", "---", "---", "---", "---"]),
    ...pages.map((one) => line([one.page, one.ttfb, one.lcp, one.scripts, one.html, one.htmlUnpacked])),
    "",
    line(["search among the learners", "fetched, ms", "answered as typed, ms", "shown, ms"]),
    line(["---", "---", "---", "---"]),
    ...searches.map((one) => line([one.words, one.fetched, one.answered, one.shown])),
  ].join("\n");
}
