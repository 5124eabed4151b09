import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parser } from "@prometheus-io/lezer-promql";
import { collectDefaultMetrics, register } from "prom-client";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import "#app/refusals.ts";
import "#app/request-errors.ts";
import "#lib/services/accounts/sign-in.ts";
import "#lib/services/limits/admit.ts";
import "#lib/services/monitoring/metrics.ts";
import "#lib/services/notices/deliver.ts";
import "#worker/metrics.ts";

/** Alerts and the dashboard ask for what the processes tell, in Prometheus's own language. */
const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const operations = read("docs/operations.md");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const { groups } = parse(read("deploy/prometheus/alerts.yml")) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
const alerts = groups.flatMap(({ rules }) => rules);
const dashboard = JSON.parse(read("deploy/grafana/aivo.json")) as {
  readonly panels: readonly { readonly id: number; readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
};
const scaling = readdirSync(join(root, "deploy/kubernetes"))
  .flatMap((name) => parseAllDocuments(read(`deploy/kubernetes/${name}`)).map((one) => one.toJS()))
  .filter(({ kind }) => kind === "HorizontalPodAutoscaler")
  .flatMap(({ spec }) =>
    spec.metrics.map((metric: { readonly external: { readonly metric: { readonly name: string } } }) => metric.external.metric.name),
  );
const ofAlerts = alerts.map(({ expr }) => expr);
const ofPanels = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

if (!register.getSingleMetric("process_cpu_user_seconds_total")) collectDefaultMetrics();
const known = await register.getMetricsAsJSON();
const served = new Set(known.flatMap(({ name }) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]));
const ours = known.map(({ name }) => name).filter((name) => name.startsWith("aivo_"));

interface Read {
  readonly metrics: readonly string[];
  readonly faults: readonly string[];
}

function readQuery(expr: string): Read {
  const metrics: string[] = [];
  const faults: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) faults.push(`at ${from} of ${expr}`);
      if (type.name === "Identifier" && node.parent?.type.name === "VectorSelector") metrics.push(expr.slice(from, to));
    },
  });
  return { metrics, faults };
}

test("every query is one, and asks for what is served", () => {
  expect(readQuery("sum by (queue (aivo_runs)").faults).not.toEqual([]);
  expect(readQuery('max by (queue) (rate(aivo_a_total{state="x"}[5m])) > 3 unless aivo_b').metrics).toEqual(["aivo_a_total", "aivo_b"]);
  for (const expr of [...ofAlerts, ...ofPanels, ...scaling]) {
    const { metrics, faults } = readQuery(expr);
    expect(faults).toEqual([]);
    expect(metrics.length, expr).toBeGreaterThan(0);
    // Prometheus's own: whether it could ask.
    expect(
      metrics.filter((name) => name !== "up" && !served.has(name)),
      expr,
    ).toEqual([]);
  }
});

test("each metric of ours is shown on the dashboard or alerted on, and explained", () => {
  const asked = new Set(
    [...ofAlerts, ...ofPanels].flatMap((expr) => readQuery(expr).metrics.map((name) => name.replace(/_(bucket|sum|count)$/, ""))),
  );
  expect(ours.length).toBeGreaterThan(30);
  expect(ours.filter((name) => !asked.has(name))).toEqual([]);
  expect(ours.filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
});

test("labels that a query chooses by are ones that the metric has", () => {
  const labels = new Map(
    ours.map((name) => [name, (register.getSingleMetric(name) as unknown as { labelNames: readonly string[] }).labelNames]),
  );
  for (const expr of [...ofAlerts, ...ofPanels])
    for (const [, name = "", matchers = ""] of expr.matchAll(/\b(aivo_\w+)\{([^}]*)\}/g))
      for (const [, label = ""] of matchers.matchAll(/(\w+)\s*[=!]/g)) expect(labels.get(name), `${name} ${label}`).toContain(label);
});

test("every alert says what is, what to do, where more of it stands, and whether somebody is to be woken", () => {
  const headings = new Set([...operations.matchAll(/^#+ (.+)$/gm)].map(([, words = ""]) => words.toLowerCase().replaceAll(" ", "-")));
  expect(alerts.length).toBeGreaterThan(20);
  expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  for (const { alert, labels, annotations } of alerts) {
    expect(["page", "warning"], alert).toContain(labels.severity);
    // A comma in a list of YAML's own kind makes an annotation of what follows it, which Prometheus refuses with the whole file.
    expect(Object.keys(annotations).sort(), alert).toEqual(["remedy", "runbook", "summary"]);
    for (const words of [annotations.summary, annotations.remedy]) expect(words?.length, alert).toBeGreaterThan(10);
    const [page, anchor = ""] = (annotations.runbook ?? "").split("#");
    expect([page, headings.has(anchor)], alert).toEqual(["docs/operations.md", true]);
  }
});

test("what is alerted on as it happens first counts from zero", async () => {
  const values = new Map(known.map(({ name, values }) => [name, values]));
  for (const name of ["aivo_sign_in_sprays_total", "aivo_deliveries_total"])
    expect(values.get(name)?.filter(({ value }) => value === 0).length, name).toBeGreaterThan(2);
});

test("panels do not lie on each other", () => {
  const ids = dashboard.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const places = JSON.parse(read("deploy/grafana/aivo.json")).panels.map(
    ({ gridPos: { x, y } }: { gridPos: { x: number; y: number } }) => `${x} ${y}`,
  );
  expect(new Set(places).size).toBe(places.length);
});
