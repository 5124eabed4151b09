import { gzipSync } from "node:zlib";
import type { APIRequestContext } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { maxRetries } from "./support/district.ts";
import { connectSandbox } from "./support/sandbox.ts";
import { expect, sync, test } from "./support/test.ts";

/** What the pages of tables may weigh, in bytes: scripts as they are sent, and a list of fifty rows unpacked. No time is measured: docs/benchmarks.md has those. */
const mostScripts = 150_000;
const mostHtml = 100_000;

test("a page of a table has less than 150 kB of scripts, and a list of fifty less than 100 kB of HTML", async ({
  page,
  open,
  district,
}, testInfo) => {
  test.slow();
  const integration = await connectSandbox(district, testInfo.outputPath("integration.json"));
  const run = await sync(integration);
  await open(paths.auditLog());
  const packed = new Map<string, Promise<number>>();
  const lists = {
    schools: paths.roster("schools"),
    classrooms: paths.roster("classrooms"),
    teachers: paths.roster("teachers"),
    learners: paths.roster("learners"),
    edits: paths.rosterEdits(),
    conflicts: paths.conflicts(),
    integrations: paths.integrations(),
    "audit log": paths.auditLog(),
  };
  const tables = {
    ...lists,
    changes: paths.runChanges(integration, run, { by: "record" }),
    issues: paths.runIssues(integration, run),
    "issues of a cause": paths.runIssues(integration, run, { code: "email-shared" }),
    why: paths.why({ q: "baker" }),
    retention: paths.retention(),
    notifications: paths.notifications(),
    webhooks: paths.webhooks(),
    team: paths.team(),
    api: paths.apiAccess(),
  };
  const weights: Record<string, { readonly scripts: number; readonly html: number }> = {};
  for (const [name, address] of Object.entries(tables)) {
    const answer = await page.request.get(address, { maxRetries });
    expect(answer.status(), name).toBe(200);
    const html = await answer.text();
    const sizes = await Promise.all(scriptsOf(html).map((script) => sizeOf(page.request, script, packed)));
    weights[name] = { scripts: sizes.reduce((sum, size) => sum + size, 0), html: Buffer.byteLength(html) };
  }
  await testInfo.attach("weights", { body: JSON.stringify(weights, null, 2), contentType: "application/json" });
  const tooHeavy = Object.entries(weights).filter(
    ([name, { scripts, html }]) => scripts >= mostScripts || (name in lists && html >= mostHtml),
  );
  expect(Object.fromEntries(tooHeavy)).toEqual({});
  // The measure sees what it should: React alone is more.
  expect(Math.min(...Object.values(weights).map(({ scripts }) => scripts))).toBeGreaterThan(100_000);
});

/** Every script that the page names, as an element or among its components; not the one for browsers that know no modules. */
function scriptsOf(html: string): readonly string[] {
  const modern = html.replaceAll(/<script[^>]*\snoModule[^>]*>/gi, "");
  return [...new Set(modern.match(/static\/chunks\/[\w.~-]+\.js/g) ?? [])];
}

/** As it is sent. */
function sizeOf(request: APIRequestContext, script: string, known: Map<string, Promise<number>>): Promise<number> {
  const asked =
    known.get(script) ?? request.get(`/_next/${script}`, { maxRetries }).then(async (answer) => gzipSync(await answer.body()).length);
  known.set(script, asked);
  return asked;
}
