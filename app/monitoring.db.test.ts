import { afterAll, expect, test } from "vitest";
import { type OpenServices, openServices } from "#lib/services/services.ts";
import { testServices } from "#lib/services/testing/services.ts";
import { GET as live } from "./api/health/live/route.ts";
import { GET as ready } from "./api/health/ready/route.ts";
import { GET as metrics } from "./metrics/route.ts";
import { webDatabase } from "./services.ts";

/** What a web process answers to balancers and to Prometheus. */
const token = "a token of a scraper";
const { env, close, variables } = await testServices({ variables: { AIVO_METRICS_TOKEN: token } });
const before = { ...process.env };
Object.assign(process.env, variables);
const held = globalThis as { aivoServices?: Promise<OpenServices>; aivoProbe?: unknown };
const web = await openServices(env, webDatabase);
held.aivoServices = Promise.resolve(web);

afterAll(async () => {
  delete held.aivoServices;
  delete held.aivoProbe;
  for (const name of Object.keys(variables)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  await web.close();
  await close();
});

const scrape = (authorization?: string) =>
  metrics(new Request("http://localhost/metrics", authorization ? { headers: { authorization } } : {}));

test("it is live, and ready while its database answers", async () => {
  expect((await live()).status).toBe(200);
  expect((await ready()).status).toBe(200);
});

test("metrics are for whoever has the token, and without one in the environment there are none", async () => {
  expect((await scrape()).status).toBe(401);
  expect((await scrape("Bearer wrong")).status).toBe(401);
  expect((await scrape(`bearer ${token}`)).status).toBe(200);
  const text = await (await scrape(`Bearer ${token}`)).text();
  for (const name of [
    "aivo_database_up 1",
    "aivo_queue_oldest_seconds",
    "aivo_web_request_errors_total",
    "process_cpu_user_seconds_total",
    "nodejs_eventloop_lag_seconds",
  ])
    expect(text).toContain(name);
  held.aivoServices = Promise.resolve({ ...web, env: { ...env, metricsToken: null } });
  expect((await scrape(`Bearer ${token}`)).status).toBe(404);
  held.aivoServices = Promise.resolve(web);
});
