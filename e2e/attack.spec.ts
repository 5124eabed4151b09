import { randomUUID } from "node:crypto";
import type { APIRequestContext, APIResponse } from "@playwright/test";
import { actionDoors, pageDoors, routeDoors } from "#app/doors.ts";
import { headersOfEveryAnswer } from "#app/every-answer.ts";
import { addressAt } from "#app/methods.ts";
import { paths } from "#app/paths.ts";
import { innerAddresses, malformedCalls, parameters, payloads, waysOut, wrongArguments } from "./support/attack.ts";
import { maxRetries, signIn } from "./support/district.ts";
import { mailsTo } from "./support/mailbox.ts";
import { callAction, type ServerAction, serverActions } from "./support/server-actions.ts";
import { expect, test } from "./support/test.ts";

/**
 * An attack on the running product by somebody who knows all of it: app/doors.ts lists what there is to attack. Who may open what is denied.spec.ts's;
 * here it is an admin of one district, with a session, who sends what no page of Aivo would. Numbers are printed.
 */
const tried: Record<string, number> = {};
const count = (what: string) => {
  tried[what] = (tried[what] ?? 0) + 1;
};
test.afterAll(() =>
  console.log(
    Object.entries(tried)
      .map(([what, many]) => `${what}: ${many} tried`)
      .join("\n"),
  ),
);

/** An address that a door's pattern stands for. */
const exampleOf = (pattern: string, id: string = randomUUID()) =>
  pattern
    .replace("/[[...path]]", "/runs")
    .replace(/\[\.\.\.\w+\]/, "issues")
    .replaceAll(/\[\w+\]/g, id);

/**
 * Of what is judged alike at every door, whichever it is, each door is tried with some, the next door with the next ones; with all of it by
 * `npm run test:hostile`.
 */
function someAt<T>(door: number, all: readonly T[], many: number): readonly T[] {
  if (process.env.AIVO_ATTACKS === "all") return all;
  const start = (door * many) % all.length;
  return [...all.slice(start), ...all.slice(0, start)].slice(0, many);
}

const pages = Object.keys(pageDoors);
const routes = Object.keys(routeDoors).map((door) => door.split(" ") as [string, string]);

function expectHeaders(answer: APIResponse, what: string): void {
  const headers = answer.headers();
  for (const name of Object.keys(headersOfEveryAnswer)) expect(headers[name], `${name} of ${what}`).toBeTruthy();
  expect(headers["cache-control"], what).toMatch(/no-store|^private/);
  const styles = /style-src ([^;]*)/.exec(headers["content-security-policy"] ?? "")?.[1];
  expect(styles ?? "", what).not.toContain("unsafe-inline");
}

test("every door is shut to methods that it does not have, and says which it has; every answer has its headers", async ({ page, open }) => {
  await open(paths.overview());
  const { request } = page;
  for (const pattern of new Set([...pages, ...routes.map(([, address]) => address), "/nowhere", "/sign-in/"])) {
    const address = exampleOf(pattern);
    const { methods, kind } = addressAt(address);
    for (const method of ["PUT", "DELETE", "PATCH", "OPTIONS", "POST", "GET"]) {
      if (kind === "program" && methods.includes(method) && method !== "GET") continue;
      if (address === paths.api.testConnection() && method === "POST") continue;
      const answer = await request.fetch(address, { method, maxRedirects: 0, maxRetries });
      count("methods");
      expectHeaders(answer, `${method} ${address}`);
      expect(answer.status(), `${method} ${address}`).toBeLessThan(500);
      // A door of programs refuses by itself, in its own words.
      if (kind === "program") continue;
      if (methods.includes(method)) expect(answer.status(), `${method} ${address}`).not.toBe(405);
      else if (address !== "/sign-in/") {
        expect(answer.status(), `${method} ${address}`).toBe(405);
        expect(answer.headers().allow, `${method} ${address}`).toBe(methods.join(", "));
      }
      if (method === "POST" && kind === "page" && address !== "/sign-in/") expect(answer.status(), address).toBe(400);
    }
  }
  const html = await (await request.get(paths.overview())).text();
  expect(html).not.toMatch(/ style="|<style/);
  const file = /\/_next\/static\/[^"]+\.css/.exec(html)?.[0] ?? "";
  expect((await request.get(file)).headers()["cache-control"]).toBe("public, max-age=31536000, immutable");
  const posted = await request.post(file, { maxRetries });
  expect([posted.status(), posted.headers().allow]).toEqual([405, "GET, HEAD"]);
});

async function ownActions(): Promise<readonly ServerAction[]> {
  return (await serverActions()).filter(({ name }) => actionDoors[name] !== undefined);
}

test("what is no call of an action is refused as such, and what is one with wrong arguments is told so", async ({
  page,
  open,
  baseURL,
}) => {
  test.slow();
  await open(paths.settings());
  const { request } = page;
  const actions = await ownActions();
  const origin = baseURL ?? "";
  const short = malformedCalls.filter(([, status]) => status !== 413);
  for (const [door, { id, name }] of actions.entries())
    for (const [what, status, data, more = {}] of name === "saveDistrict" ? malformedCalls : someAt(door, short, 3)) {
      const headers = { "next-action": id, accept: "text/x-component", origin, "content-type": "text/plain;charset=UTF-8", ...more };
      const answer = await request.post(paths.home(), { headers, data, maxRedirects: 0, maxRetries });
      count("malformed calls");
      expect(answer.status(), `${name} with ${what}`).toBe(status);
      expectHeaders(answer, `${name} with ${what}`);
    }
  // Those of the own session would end it.
  const ending = new Set(["endOtherSessions"]);
  const failed: string[] = [];
  for (const [door, action] of actions.filter(({ name }) => !ending.has(name)).entries())
    for (const [at, args] of someAt(door, [...wrongArguments.entries()], 5)) {
      const answer = await callAction(request, origin, paths.home(), action, args);
      count("wrong arguments");
      const text = await answer.text();
      if (answer.status() >= 500 || text.includes('"code":"internal"'))
        failed.push(`${action.name} with arguments ${at}: ${answer.status()}`);
    }
  expect(failed).toEqual([]);
});

test("the doors of the portal's own scripts refuse what is not JSON", async ({ page, open, baseURL }) => {
  await open(paths.overview());
  const json = { "content-type": "application/json", origin: baseURL ?? "" };
  for (const address of [paths.api.find(), paths.api.planParts(randomUUID()), paths.api.testConnection()]) {
    const post = async (data: string | Buffer, headers: Record<string, string> = json) => {
      // Bytes, since Playwright makes JSON of a text.
      const answer = await page.request.post(address, { data: Buffer.from(data as string), headers, maxRetries });
      count("malformed JSON");
      expectHeaders(answer, address);
      return answer.status();
    };
    expect(await post('{"q":'), address).toBe(400);
    expect(await post(Buffer.from([0x22, 0xff, 0x22])), address).toBe(400);
    expect(await post(`{"q":"${"x".repeat(300_000)}"}`), address).toBe(413);
    expect(await post("q=1", { ...json, "content-type": "text/plain" }), address).toBe(415);
    expect(await post("{}", { ...json, origin: "https://elsewhere.example" }), address).toBe(403);
    expect(await post("[[[]]]"), address).toBeLessThan(500);
  }
});

test("SQL, HTML and what is no value at all do nothing in any parameter of any address", async ({ page, open }) => {
  test.slow();
  await open(paths.overview());
  const reading = routes.filter(
    ([method, address]) => method === "GET" && !address.includes("/auth/") && !address.startsWith("/api/sign-in"),
  );
  const doors = [...pages, ...reading.map(([, address]) => address)];
  for (const payload of payloads) {
    const query = new URLSearchParams(parameters.map((name) => [name, payload])).toString();
    for (const pattern of doors.filter((_, door) => someAt(door, payloads, 4).includes(payload))) {
      const inPath = pattern.includes("[") && pattern.startsWith("/") ? [exampleOf(pattern, encodeURIComponent(payload))] : [];
      for (const address of [`${exampleOf(pattern)}?${query}`, ...inPath]) {
        const answer = await page.request.get(address, { maxRedirects: 0, maxRetries });
        count("parameters");
        expect(answer.status(), address.slice(0, 300)).toBeLessThan(500);
        if (!(answer.headers()["content-type"] ?? "").includes("html")) continue;
        const text = await answer.text();
        expect(text.includes("<script>alert(1)</script>") || text.includes("<img src=x"), address.slice(0, 300)).toBe(false);
      }
    }
    const found = await page.request.post(paths.api.find(), { data: { q: payload }, maxRetries });
    expect(found.status(), payload.slice(0, 40)).toBe(payload === "\0" ? 400 : 200);
  }
});

const reasonOf = async (answer: APIResponse) => (await answer.text()).slice(0, 2_000);

test("no address inside can be entered: of a SIS, of an OpenID provider, of a webhook", async ({ page, open, baseURL }) => {
  await open(paths.settings());
  const actions = await ownActions();
  const named = (name: string) => actions.find((one) => one.name === name) ?? { id: "", name };
  const call = (name: string, ...args: readonly unknown[]) => callAction(page.request, baseURL ?? "", paths.home(), named(name), args);
  for (const url of innerAddresses) {
    const issuer = { preset: "other", label: "x", issuer: url, clientId: "a", clientSecret: "b", matchBy: "email" };
    for (const [name, ...args] of [
      ["addWay", issuer],
      ["addEndpoint", { url, kinds: null }],
    ] as const) {
      const answer = await call(name, ...args);
      count("addresses inside");
      expect(await reasonOf(answer), `${name} ${url}`).toContain('"ok":false');
    }
    const credentials = { baseUrl: url, clientId: "a", clientSecret: "b", authentication: "oauth2", tokenUrl: url };
    if (!url.startsWith("https:")) {
      const saved = await call("saveNew", { name: "x", provider: "oneroster-rest", credentials, schedule: null });
      expect(await reasonOf(saved), `saveNew ${url}`).toContain('"ok":false');
    }
    // Nothing is sent to a SIS before the connection is judged: the test says so.
    const tested = await page.request.post(paths.api.testConnection(), { data: { provider: "oneroster-rest", credentials }, maxRetries });
    count("addresses inside");
    const told = await tested.text();
    expect(told, url).not.toContain('"state":"passed"');
    expect(told, url).toMatch(/does not connect to|not encrypted|begins with https|no user name|not right|not complete/);
  }
});

test("no way leads out, whoever claims to be Aivo", async ({ page, open, browser, baseURL, district }) => {
  await open(paths.overview());
  const origin = baseURL ?? "";
  const stays = async (who: APIRequestContext, address: string, headers: Record<string, string> = {}) => {
    const answer = await who.get(address, { headers, maxRedirects: 0, maxRetries });
    count("ways out");
    expect(answer.status(), address).toBeLessThan(500);
    const to = new URL(answer.headers().location ?? "/", origin);
    expect(to.origin, `${address} leads to ${to}`).toBe(new URL(origin).origin);
    expect(await answer.text()).not.toContain('href="https://elsewhere.example');
  };
  const stranger = await browser.newContext();
  for (const way of waysOut)
    for (const who of [page.request, stranger.request]) {
      await stays(who, `/sign-in?${new URLSearchParams({ returnTo: way, callbackUrl: way })}`);
      await stays(who, `/api/auth/signin?${new URLSearchParams({ callbackUrl: way })}`);
      await stays(who, `/api/auth/signout?${new URLSearchParams({ callbackUrl: way })}`);
      await stays(who, `/api/sign-in/begin?${new URLSearchParams({ returnTo: way, district: district.id, provider: randomUUID() })}`);
    }
  const forged: readonly Record<string, string>[] = [
    { host: "elsewhere.example" },
    { "x-forwarded-host": "elsewhere.example" },
    { "x-forwarded-host": "elsewhere.example", "x-forwarded-proto": "https", forwarded: "host=elsewhere.example;proto=https" },
    { "x-original-url": "/settings/team", "x-rewrite-url": "/settings/team" },
    { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy", "x-middleware-next": "1" },
    { cookie: "next-auth.callback-url=https%3A%2F%2Felsewhere.example" },
    { cookie: `next-auth.session-token=${randomUUID()}` },
    { cookie: "next-auth.session-token=eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0." },
    { cookie: `__Host-next-auth.session-token=${"a".repeat(3_000)}; next-auth.session-token=` },
  ];
  for (const headers of forged)
    for (const address of [paths.overview(), paths.settings(), paths.home(), "/api/auth/signin", paths.api.incidents()]) {
      await stays(stranger.request, address, headers);
      const answer = await stranger.request.get(address, { headers, maxRedirects: 0, maxRetries });
      count("forged headers and cookies");
      expect(await answer.text(), `${address} with ${JSON.stringify(headers)}`).not.toContain(district.name);
    }
  // The link in an email is Aivo's, whatever the request said Aivo was called.
  const forget = (await ownActions()).find(({ name }) => name === "forgetPassword");
  const sent = await stranger.request.post(paths.forgotPassword(), {
    headers: {
      ...forged[2],
      "next-action": forget?.id ?? "",
      origin,
      "content-type": "text/plain;charset=UTF-8",
      accept: "text/x-component",
    },
    data: JSON.stringify([district.email]),
    maxRetries,
  });
  expect(await reasonOf(sent)).toContain('"ok":true');
  await expect.poll(async () => (await mailsTo(district.email)).length, { timeout: 60_000 }).toBeGreaterThan(0);
  for (const { text } of await mailsTo(district.email)) {
    expect(text).toContain(origin);
    expect(text).not.toContain("elsewhere.example");
  }
  await stranger.close();
});

test("signing in answers to no other page, and a session is one district's whatever is tossed beside it", async ({ browser, district }) => {
  const context = await browser.newContext();
  const { request } = context;
  const form = { csrfToken: "0".repeat(64), email: district.email, password: district.password, json: "true" };
  for (const headers of [{}, { origin: "https://elsewhere.example" }, { origin: "null" }] as Record<string, string>[]) {
    const answer = await request.post("/api/auth/callback/credentials", { form, headers, maxRedirects: 0, maxRetries });
    count("sign-ins from elsewhere");
    expect(answer.status()).toBeLessThan(500);
    expect((await request.get(paths.overview(), { maxRedirects: 0, maxRetries })).status()).toBe(307);
  }
  await signIn(await context.newPage(), district, paths.overview());
  const own = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  for (const tossed of [`${own}; next-auth.session-token=${randomUUID()}`, `next-auth.session-token=${randomUUID()}; ${own}`]) {
    const bare = await browser.newContext();
    const answer = await bare.request.get(paths.overview(), { headers: { cookie: tossed }, maxRedirects: 0, maxRetries });
    count("tossed cookies");
    expect([200, 307]).toContain(answer.status());
    await bare.close();
  }
  await context.close();
});
