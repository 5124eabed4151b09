import { rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Variables } from "#cli/support/variables.ts";
import { migrate } from "#lib/platform/db/migrate.ts";
import { districtUrl } from "#lib/platform/db/roles.ts";
import { parseEnv } from "#lib/platform/env.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { openServices } from "#lib/services/services.ts";
import { type DemoSignIns, seedDemo } from "./demo.ts";
import { type Build, claimBuild, ensureBuild } from "./support/build.ts";
import { Child } from "./support/child.ts";
import { dropDemoEnvironment, keepDemoEnvironment } from "./support/demo-environment.ts";
import { samplesOf } from "./support/demo-integrations.ts";
import { dismissEmbeddedPostgres } from "./support/embedded-postgres.ts";
import { isPortFree } from "./support/free-port.ts";
import { takeLock } from "./support/lock.ts";
import { endOrphans, recordProcesses } from "./support/orphans.ts";
import { Plain } from "./support/plain.ts";
import { type ProductEnvironment, productEnvironment } from "./support/product-environment.ts";
import { SandboxReady, withSandbox } from "./support/sandbox.ts";
import { makeSecret } from "./support/secrets.ts";
import { waitUntilAnswering } from "./support/wait.ts";
import { workerArguments, workerVariables } from "./support/worker-command.ts";

/**
 * `npm start`: the whole product on one machine.
 *
 * locked → database → migrated, built, sandbox → seeded → worker, web → serving → (a signal) → web, worker, sandbox, database stopped.
 * Whatever fails on the way, what was started before is stopped in the reverse order.
 */
const root = join(import.meta.dirname, "..");
process.chdir(root);
const startedAt = performance.now();
const isDemo = process.env.AIVO_DEMO !== "0";
const dataDirectory = resolve(process.env.AIVO_DATA_DIR || ".data");
const port = Number(process.env.PORT || 3000);
/** The sandbox's credentials, for the web server alone: Add Integration fills them in. */
const samplesFile = join(dataDirectory, "sandbox-credentials.json");

const undo: (() => Promise<void>)[] = [];
const children: Child[] = [];
let isStopping = false;

/** One signal to the process group comes here several times: from the kernel, from npm, and from cli/bootstrap.mjs, which pass it on. */
const echoMs = 2_000;
let signalledAt = 0;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => {
    if (signalledAt === 0) {
      signalledAt = performance.now();
      if (!isStopping) void stop(0);
    } else if (performance.now() - signalledAt > echoMs) stopByForce();
  });
process.on("uncaughtException", (error) => failed(error));
process.on("unhandledRejection", (error) => failed(error));

try {
  await start();
} catch (error) {
  failed(error);
}

async function start(): Promise<void> {
  const lock = await takeLock(join(dataDirectory, "start.lock"));
  if (!lock.taken)
    throw new Plain(
      `Aivo is already running with ${dataDirectory} (process ${lock.pid}). Stop it, or set AIVO_DATA_DIR and PORT for a second copy.`,
    );
  undo.push(lock.release);
  await endOrphans(dataDirectory);
  await dropDemoEnvironment(dataDirectory);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Plain(`PORT is ${process.env.PORT}; it must be a number from 1 to 65535.`);
  if (!(await isPortFree(port))) throw new Plain(`Port ${port} is in use. Set another one: PORT=${port + 1} npm start`);

  const building = ensureBuild(say);
  // A failure is seen where it is awaited; until then it must not count as unhandled.
  building.catch(() => {});
  say("Starting the database …");
  const preparing = productEnvironment(process.env);
  // A signal may come while the server is being made or started: it is stopped once it is there, never left behind.
  undo.push(async () => (await preparing.catch(() => null))?.embedded?.stop());
  const product = await preparing;
  const databaseUrl = product.variables.DATABASE_URL ?? "";
  // Of an embedded server the password is this start's own: it stands in the environment of web and worker, and nowhere else.
  const entering = product.variables.AIVO_DISTRICT_DATABASE_URL || (product.embedded ? districtUrl(databaseUrl, makeSecret()) : null);
  await migrate(databaseUrl, entering);

  const sandbox = isDemo ? await startSandbox(product) : null;
  const entered = { ...product.variables, AIVO_DISTRICT_DATABASE_URL: entering ?? "" };
  const variables = sandbox ? withSandbox(entered, sandbox) : entered;
  if (sandbox) {
    await writeFile(samplesFile, JSON.stringify(samplesOf(sandbox)), { mode: 0o600 });
    undo.push(() => rm(samplesFile, { force: true }));
    await keepDemoEnvironment(dataDirectory, variables);
    undo.push(() => dropDemoEnvironment(dataDirectory));
  }
  const signIns = sandbox ? await seed(variables, sandbox) : null;

  startChild("worker", [...workerArguments], { ...variables, ...workerVariables });
  say("Building (only when something has changed; the first time takes about a minute) …");
  const build = await building;
  undo.push((await claimBuild(build)).release);
  startWeb(build, { ...variables, AIVO_SAMPLE_CREDENTIALS: sandbox ? samplesFile : "" });
  await waitUntilAnswering(`http://127.0.0.1:${port}/sign-in`, () => isStopping);
  if (!isStopping) greet(variables, signIns, sandbox);
}

async function startSandbox(product: ProductEnvironment): Promise<SandboxReady> {
  // Where Clever sends an admin back to: anywhere in this copy.
  const args = ["--data", join(product.dataDirectory, "sandbox"), "--redirect-uri", `${product.variables.NEXTAUTH_URL}/`];
  return new Promise((listening) => {
    startChild("sandbox", [join(root, "sandbox/server.ts"), ...args], process.env, (message) => {
      const ready = SandboxReady.safeParse(message);
      if (ready.success) listening(ready.data);
    });
  });
}

async function seed(variables: Variables, sandbox: SandboxReady): Promise<DemoSignIns> {
  const services = await openServices(parseEnv(variables), { applicationName: "aivo-start", max: 2 });
  try {
    return await seedDemo(services, dataDirectory, sandbox);
  } finally {
    await services.close();
  }
}

function startWeb(build: Build, variables: Variables): void {
  startChild("web", [join(root, "node_modules/next/dist/bin/next"), "start", "--port", String(port)], {
    ...variables,
    NODE_ENV: "production",
    NEXT_DIST_DIR: build.directory,
    NEXT_TELEMETRY_DISABLED: "1",
  });
}

function startChild(name: string, args: readonly string[], variables: Variables, onMessage?: (message: unknown) => void): void {
  const logFile = join(dataDirectory, "logs", `${name}.log`);
  const child = new Child({
    name,
    args,
    variables,
    logFile,
    ...(onMessage && { onMessage }),
    onRestart: () => recordProcesses(dataDirectory, children),
    onTrouble: (what, lines) => {
      console.error(`[${name}] ${what}; its log is ${logFile}`);
      for (const line of lines) console.error(`[${name}] ${line}`);
    },
  });
  children.push(child);
  recordProcesses(dataDirectory, children);
  // The worker may be in the middle of an import: it is given time to end the run in order.
  undo.push(() => child.stop(name === "worker" ? 45_000 : 10_000));
}

function greet(variables: Variables, signIns: DemoSignIns | null, sandbox: SandboxReady | null): void {
  const lines = ["", `Aivo is ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s:  ${variables.NEXTAUTH_URL}`, ""];
  if (signIns) {
    lines.push("Sign in to the demo district, Cedar Falls Unified (these passwords belong to this copy alone):");
    for (const [role, { email, password }] of Object.entries(signIns)) lines.push(`  ${role.padEnd(8)} ${email.padEnd(42)} ${password}`);
    lines.push("", "Then: Integrations → SIS Integration → Cedar Falls SIS → Run Sync Now.");
    if (sandbox && variables.AIVO_SMTP_URL === sandbox.mail.smtpUrl)
      lines.push(`What Aivo sends by email arrives here: ${sandbox.mail.url}`);
    if (sandbox) lines.push(`The sandbox district's clock, and everything that can go wrong with it: ${sandbox.controlUrl}`);
  } else {
    lines.push("There is no demo district (AIVO_DEMO=0). Make a district and its first admin in another terminal:");
    lines.push(
      '  npm run sis -- district create --name "Your District" --timezone America/Chicago',
      "  npm run sis -- admin create --district ID --email you@example.org",
    );
  }
  lines.push("", `Data and logs are in ${dataDirectory}. Ctrl-C stops everything.`, "");
  console.log(lines.join("\n"));
}

async function stop(code: number): Promise<void> {
  isStopping = true;
  if (undo.length > 1) say("Stopping …");
  for (let step = undo.pop(); step; step = undo.pop())
    await step().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
  process.exit(code);
}

/** A second Ctrl-C: the processes end now, and the database stops by itself. */
function stopByForce(): never {
  for (const child of children) child.kill();
  if (!process.env.DATABASE_URL) dismissEmbeddedPostgres(dataDirectory);
  process.exit(130);
}

function failed(error: unknown): void {
  // What is cut off by stopping is no news.
  if (isStopping && signalledAt !== 0) return;
  console.error(error instanceof Plain || error instanceof ServiceError ? error.message : error);
  if (!isStopping) void stop(1);
}

function say(line: string): void {
  console.log(line);
}
