import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { drainMs } from "#app/stopping.ts";
import { workerArguments, workerVariables } from "#cli/support/worker-command.ts";
import { parseEnv, variableNames } from "#lib/platform/env.ts";
import { misspelt } from "#lib/platform/misspelt.ts";

/** What describes an installation cannot be run here; but what it refers to can be looked up. */
const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const filesOf = (folder: string) => readdirSync(join(root, folder)).map((name) => join(folder, name));
const manifests = filesOf("deploy/kubernetes");
const units = filesOf("deploy/systemd");
const all = ["Dockerfile", "compose.yaml", ...manifests, ...units];

// biome-ignore lint/suspicious/noExplicitAny: manifests are read for single fields
type Document = any;
const documents: Document[] = manifests.flatMap((path) => parseAllDocuments(read(path)).map((document) => document.toJS()));
const ofKind = (kind: string) => documents.filter((document) => document.kind === kind);
const compose: Document = parse(read("compose.yaml"), { merge: true });
const pods = [...ofKind("Deployment"), ...ofKind("Job")].map(({ metadata, spec }) => ({
  name: metadata.name,
  spec: spec.template.spec,
  labels: spec.template.metadata.labels,
}));

test("every YAML file parses without a complaint", () => {
  for (const path of [...manifests, "compose.yaml", ...filesOf("deploy/prometheus")])
    for (const document of parseAllDocuments(read(path), { merge: true }))
      expect([...document.errors, ...document.warnings], path).toEqual([]);
});

test("kustomize lists every manifest, and each of these is there", () => {
  const { resources } = documents.find(({ kind }) => kind === "Kustomization");
  expect([...resources].sort()).toEqual(
    manifests
      .map((path) => path.split("/").at(-1))
      .filter((name) => name !== "kustomization.yaml")
      .sort(),
  );
});

test("every program that is started is there, and a worker as npm run worker has it", () => {
  const flags = workerArguments.slice(0, -1);
  const started = all.flatMap((path) =>
    [
      ...read(path)
        .replaceAll(/["',[\]]+ ?/g, " ")
        .matchAll(/(?:^|[ \n]|bin\/)node +(?:--[\w=-]+ +)*([\w./-]+\.(?:ts|mjs)|node_modules\/\S+)/g),
    ].map(([whole, program = ""]) => ({ path, whole, program })),
  );
  expect(started.length).toBeGreaterThan(10);
  for (const { path, whole, program } of started) {
    expect(existsSync(join(root, program)), `${path}: ${program}`).toBe(true);
    if (program === "worker/index.ts") expect(whole.trim().split(/ +/).slice(1, -1), path).toEqual(flags);
  }
  const variables = Object.entries(workerVariables).map(([name, value]) => `${name}=${value}`);
  expect(read("package.json")).toContain(`${variables.join(" ")} node ${flags.join(" ")} worker/index.ts`);
});

test("a worker has its variables wherever it is started", () => {
  expect(compose.services.worker.environment).toMatchObject(workerVariables);
  const env = pods.flatMap(({ spec }) => spec.containers).find(({ name }: { name: string }) => name === "worker").env;
  expect(Object.fromEntries(env.map(({ name, value }: { name: string; value: string }) => [name, value]))).toEqual(workerVariables);
  const unit = filesOf("deploy/systemd").find((path) => path.includes("worker@"));
  for (const [name, value] of Object.entries(workerVariables)) expect(read(unit ?? "")).toContain(` ${name}=${value}`);
});

test("every variable that is set is one that docs/operations.md explains, or another program's", () => {
  const known = new Set([...read("docs/operations.md").matchAll(/`([A-Z][A-Z0-9_]+)[`=]/g)].map(([, name]) => name));
  const others = new Set([
    "NODE_ENV",
    "NEXT_TELEMETRY_DISABLED",
    "NODE_IMAGE",
    "POSTGRES_PASSWORD",
    "POSTGRES_USER",
    "POSTGRES_DB",
    ...Object.keys(workerVariables),
  ]);
  const set = [
    ...Object.values<Document>(compose.services).flatMap(({ environment }) => Object.keys(environment ?? {})),
    ...ofKind("ConfigMap").flatMap(({ data }) => Object.keys(data)),
    ...all.flatMap((path) =>
      [...read(path).matchAll(/^(?:ENV|ARG|Environment=)(.*)$/gm)].flatMap(([, line = ""]) =>
        [...line.matchAll(/([A-Z][A-Z0-9_]+)=/g)].map(([, name]) => name),
      ),
    ),
    ...[...read("compose.yaml").matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, name]) => name),
  ];
  expect(set.length).toBeGreaterThan(15);
  expect(set.filter((name) => !known.has(String(name)) && !others.has(String(name)))).toEqual([]);
  // What the program reads, and not only what a page says of it.
  expect(misspelt(Object.fromEntries(set.map((name) => [String(name), ""])))).toEqual([]);
  expect(variableNames.filter((name) => !known.has(name))).toEqual([]);
});

test("each environment that is described here is one that the program takes", () => {
  const secret = "0123456789abcdef".repeat(4);
  const given: Readonly<Record<string, string>> = {
    POSTGRES_PASSWORD: secret,
    DISTRICT_PASSWORD: secret,
    NEXTAUTH_SECRET: secret,
    AIVO_ENCRYPTION_KEYS: `2026-11:${Buffer.alloc(32, 1).toString("base64")}`,
    AIVO_METRICS_TOKEN: secret,
  };
  const filled = (text: unknown) =>
    String(text).replaceAll(/\$\{([A-Z0-9_]+)(?::[-?]([^}]*))?\}/g, (_, name: string, otherwise = "") => given[name] ?? otherwise);
  const ofCompose = (name: string) =>
    Object.fromEntries(Object.entries(compose.services[name].environment).map(([key, value]) => [key, filled(value)]));
  expect(parseEnv(ofCompose("web"))).toMatchObject({
    publicUrl: "http://localhost:8080",
    mail: { from: "Aivo <aivo@localhost.localdomain>" },
  });
  expect(parseEnv(ofCompose("worker"))).toMatchObject({ workerServer: { host: "0.0.0.0", port: 9464 } });
  const [{ data }] = ofKind("ConfigMap");
  const { NEXTAUTH_SECRET, AIVO_ENCRYPTION_KEYS } = given;
  const secrets = { DATABASE_URL: "postgres://aivo@db.example.org/aivo?sslmode=verify-full", NEXTAUTH_SECRET, AIVO_ENCRYPTION_KEYS };
  expect(parseEnv({ ...data, ...secrets })).toMatchObject({ publicUrl: "https://aivo.example.org" });
});

test("probes ask for paths that are answered, on ports that are open, and services lead to pods", () => {
  for (const { name, spec } of pods)
    for (const container of spec.containers)
      for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe].filter(Boolean)) {
        expect(
          container.ports.map((port: Document) => port.name),
          name,
        ).toContain(probe.httpGet.port);
        expect(existsSync(join(root, "app", probe.httpGet.path, "route.ts")), probe.httpGet.path).toBe(true);
        expect(read("worker/server.ts")).toContain(`"${probe.httpGet.path}"`);
      }
  for (const { spec } of ofKind("Service")) {
    const pod = pods.find(({ labels }) => labels.app === spec.selector.app);
    for (const port of spec.ports) expect(pod?.spec.containers[0].ports.map((one: Document) => one.name)).toContain(port.targetPort);
  }
  const [ingress] = ofKind("Ingress");
  const { service } = ingress.spec.rules[0].http.paths[0].backend;
  expect(
    ofKind("Service")
      .find(({ metadata }) => metadata.name === service.name)
      ?.spec.ports.map((port: Document) => port.name),
  ).toContain(service.port.name);
  const [{ data }] = ofKind("ConfigMap");
  const port = (label: string) => pods.find(({ labels }) => labels.app === label)?.spec.containers[0].ports[0].containerPort;
  expect(String(port("aivo-worker"))).toBe(data.AIVO_WORKER_PORT);
  expect(read("Dockerfile")).toContain(`PORT=${port("aivo-web")}`);
  expect(read("deploy/nginx/aivo.conf")).toContain(`server web:${port("aivo-web")};`);
  expect(compose.services.worker.environment.AIVO_WORKER_PORT).toBe(data.AIVO_WORKER_PORT);
});

test("nothing runs as root or longer than it is told to, and nothing starts before the migrations", () => {
  expect(read("Dockerfile")).toMatch(/^USER node$/m);
  for (const { spec } of pods) {
    expect(spec.securityContext.runAsNonRoot).toBe(true);
    for (const { securityContext } of spec.containers)
      expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
  }
  for (const name of ["migrate", "web", "worker"])
    expect(compose.services[name]).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
  // worker/index.ts is gone 27 seconds after SIGTERM at the latest.
  expect(pods.find(({ name }) => name === "aivo-worker")?.spec.terminationGracePeriodSeconds).toBeGreaterThan(27);
  expect(parseInt(compose.services.worker.stop_grace_period, 10)).toBeGreaterThan(27);
  expect(Number(/TimeoutStopSec=(\d+)/.exec(read("deploy/systemd/aivo-worker@.service"))?.[1])).toBeGreaterThan(27);
  // A web server is gone when what it had begun is answered, and after drainMs at the latest.
  const { terminationGracePeriodSeconds = 30, containers } = pods.find(({ name }) => name === "aivo-web")?.spec ?? {};
  expect(terminationGracePeriodSeconds - containers[0].lifecycle.preStop.sleep.seconds).toBeGreaterThan(drainMs / 1000);
  expect(parseInt(compose.services.web.stop_grace_period, 10)).toBeGreaterThan(drainMs / 1000);
  expect(Number(/TimeoutStopSec=(\d+)/.exec(read("deploy/systemd/aivo-web@.service"))?.[1])).toBeGreaterThan(drainMs / 1000);
  for (const name of ["web", "worker"]) expect(compose.services[name].depends_on.migrate.condition).toBe("service_completed_successfully");
  for (const { depends_on } of Object.values<Document>(compose.services))
    for (const name of Object.keys(depends_on ?? {})) expect(compose.services).toHaveProperty(name);
  for (const path of units.filter((unit) => !unit.includes("migrate"))) expect(read(path)).toContain("Requires=aivo-migrate.service");
});

test("the image has the Node that package.json pins", () => {
  const { packages } = JSON.parse(read("package-lock.json"));
  expect(read("Dockerfile")).toContain(`NODE_IMAGE=node:${packages["node_modules/node"].version}-`);
});

test("secrets, data and what is built stay out of the image", () => {
  const ignored = read(".dockerignore").split("\n");
  for (const name of [".git", ".data*", ".env*", ".next*", "node_modules"]) expect(ignored).toContain(name);
  expect(ofKind("Secret")).toEqual([]);
});

test("tests, their helpers and the sandbox stay out of the image, and nothing that is built or started there asks for them", () => {
  const patterns = read(".dockerignore").split("\n").filter(Boolean);
  for (const name of ["e2e", "sandbox", "**/testing", "**/*.test.ts", "**/*.test.tsx"]) expect(patterns).toContain(name);
  const ignored = patterns.map(
    (pattern) =>
      new RegExp(
        `^${pattern
          .replaceAll(".", "\\.")
          .replaceAll("**/", "(?:.+/)?")
          .replaceAll(/(?<!\))\*/g, "[^/]*")}(?:/|$)`,
      ),
  );
  const isIgnored = (path: string) => ignored.some((one) => one.test(path));
  expect(
    ["lib/engine/testing/sync.ts", "cli/deploy.test.ts", "app/a.test.tsx", "e2e/api.spec.ts"].filter((path) => !isIgnored(path)),
  ).toEqual([]);

  const pages = readdirSync(join(root, "app"), { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? relative(root, join(entry.parentPath, entry.name)) : [],
  );
  const waiting = [
    ...pages.filter((path) => /\.tsx?$/.test(path) && !isIgnored(path)),
    ...["instrumentation.ts", "proxy.ts", "next.config.ts", "worker/index.ts", "cli/migrate.ts", "cli/sis.ts", "cli/healthcheck.ts"],
    ...["cli/mend-postgres.mjs", "cli/mend-drizzle.mjs"],
  ];
  const reached = new Set<string>();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const [, name = ""] of read(path).matchAll(/(?:from|import)\s*\(?\s*"((?:#|\.\.?\/)[^"]+)"/g))
      waiting.push(name.startsWith("#") ? name.slice(1) : join(dirname(path), name));
  }
  expect(reached.size).toBeGreaterThan(1000);
  expect([...reached].filter(isIgnored)).toEqual([]);
});

test("the health check of a container ends as its process answers", async () => {
  let status = 200;
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(status).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = String((server.address() as AddressInfo).port);
  const check = (role: string, env: Record<string, string>) =>
    promisify(execFile)(process.execPath, [join(root, "cli/healthcheck.ts"), role], { env: { NODE_ENV: "production", ...env } }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
  try {
    expect(await check("web", { PORT: port })).toBe(0);
    status = 503;
    expect(await check("worker", { AIVO_WORKER_PORT: port })).toBe(1);
    expect(await check("worker", {})).toBe(2);
    expect(asked).toEqual(["/api/health/ready", "/api/health/ready"]);
  } finally {
    server.close();
  }
  expect(await check("web", { PORT: port })).toBe(1);
});
