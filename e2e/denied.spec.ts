import { randomUUID } from "node:crypto";
import type { APIRequestContext, APIResponse, BrowserContext } from "@playwright/test";
import { actionDoors, type Door, opensTo, pageDoors, routeDoors } from "#app/doors.ts";
import { paths } from "#app/paths.ts";
import type { Role } from "#lib/platform/roles.ts";
import {
  awake,
  command,
  maxRetries,
  newDistrict,
  type OwnDistrict,
  passwordFor,
  type SignIn,
  signIn,
  withPassword,
} from "./support/district.ts";
import { learnerEmail, rosterSet, teacherEmail } from "./support/roster-set.ts";
import { callAction, serverActions } from "./support/server-actions.ts";
import { expect, sync, test } from "./support/test.ts";

interface Records {
  readonly integration: string;
  readonly run: string;
  readonly learner: string;
}

type Open =
  | "root"
  | "signIn"
  | "districtSignIn"
  | "signInRefused"
  | "passwordChanged"
  | "forgotPassword"
  | "choosePassword"
  | "home"
  | "ownSignIn"
  | "api";

/** Every page of the portal. A new one does not compile until it is here. */
const pages = ({ integration, run, learner }: Records): Record<Exclude<keyof typeof paths, Open>, readonly string[]> => ({
  overview: [paths.overview()],
  roster: ["/roster", paths.roster("schools"), paths.roster("classrooms"), paths.roster("teachers"), paths.roster("learners")],
  rosterRecord: (["schools", "classrooms", "teachers", "learners"] as const).map((kind) => paths.rosterRecord(kind, learner)),
  rosterEdits: [paths.rosterEdits()],
  conflicts: [paths.conflicts()],
  conflict: [paths.conflict(integration, 1)],
  why: [paths.why({ q: "pupil" })],
  whyPerson: [paths.whyPerson({ who: learner })],
  integrationOrder: [paths.integrationOrder()],
  integrations: [paths.integrations()],
  newIntegration: [paths.newIntegration()],
  authorizationProblem: [paths.authorizationProblem("expired")],
  integration: [paths.integration(integration)],
  disconnect: [paths.disconnect(integration)],
  withheld: [paths.withheld(integration)],
  integrationScope: [paths.integrationScope(integration)],
  editIntegration: [paths.editIntegration(integration)],
  run: [paths.run(integration, run)],
  runIssues: [paths.runIssues(integration, run)],
  runIssue: [paths.runIssue(integration, run, 1)],
  runChanges: [paths.runChanges(integration, run)],
  help: [paths.help(), paths.help("issues")],
  auditLog: [paths.auditLog()],
  views: [paths.views()],
  settings: [paths.settings()],
  retention: [paths.retention()],
  team: [paths.team()],
  notifications: [paths.notifications()],
  webhooks: [paths.webhooks()],
  apiAccess: [paths.apiAccess()],
  apiReference: [paths.apiReference()],
  password: [paths.password()],
  signInSettings: [paths.signInSettings()],
});

const downloads = ({ integration, run, learner }: Records) => [
  paths.api.personExport(learner),
  paths.api.peopleExport("learner"),
  paths.api.editsExport(),
  paths.api.auditExport(),
  paths.api.viewsExport(),
  paths.api.run(run),
  paths.api.runIssuesExport(run),
  paths.api.runChangesExport(run),
  paths.api.historyExport(integration),
  paths.api.incidents(),
  paths.api.findAbout({ kind: "person", ref: learner }),
  paths.api.helpImage("sync.png"),
];

/** What each action would be called with by an admin who means it; any other gets an integration. */
const meant = ({ integration, run, learner }: Records, { adminId, id }: OwnDistrict): Readonly<Record<string, readonly unknown[]>> => ({
  verifyChain: [],
  recordViews: [false],
  saveDistrict: [{ name: "Taken over", timezone: "UTC", retentionDays: "1" }],
  addAdmin: [{ givenName: "Mallory", familyName: "Intruder", email: `mallory-${id}@lakeside.example` }],
  giveRole: [adminId, { role: "auditor", schools: [] }],
  deactivateAdmin: [adminId],
  reactivateAdmin: [adminId],
  sendLink: [adminId],
  resetFactor: [adminId],
  demandSecondFactor: [true],
  chooseMessages: [{ failed: false }],
  addWay: [{ preset: "other", label: "Intruder", issuer: "https://intruder.example", clientId: "a", clientSecret: "b", matchBy: "email" }],
  changeWay: [integration, { preset: "other", label: "Intruder", issuer: "https://intruder.example", clientId: "a", clientSecret: "b" }],
  saveDomains: [["intruder.example"]],
  requireOwnAccounts: [false],
  releaseLink: [adminId],
  addEndpoint: [{ url: "https://intruder.example/hook", kinds: null }],
  sendAgain: [integration],
  makeClient: [{ kind: "token", name: "Intruder", days: "365", scopes: ["read:roster"] }],
  revokeClient: [integration],
  changePassword: [{ current: "a", next: "a long new password", repeated: "a long new password" }],
  saveNew: [{ name: "Intruder", provider: "oneroster-csv", credentials: {}, schedule: null }],
  fillSample: ["oneroster-csv"],
  startRun: [integration, "sync"],
  startVersionChange: [integration, "1.2"],
  startPersonSync: [integration, learner],
  lookAtPersonSync: [run],
  saveConnection: [integration, "Intruder", { password: "stolen" }],
  saveSafety: [integration, { maxDeactivatedPercent: "100", minDeactivated: "1000" }],
  saveSchedule: [integration, null],
  cancel: [run],
  approve: [run],
  discard: [run],
  acknowledgeCause: [integration, { code: "grade-unknown", reason: "they said so", assignedTo: adminId }],
  releaseCause: [integration, "grade-unknown"],
  approveParts: [run, { without: [], shown: "0".repeat(32), reason: "because" }],
  refusePlan: [run, "because"],
  declineClasses: [run, ["c1"], "because"],
  savePerson: [learner, { givenName: "Mallory" }],
  release: ["account", learner, null],
  releaseRecordStatus: ["account", learner],
  deactivatePerson: [learner, "because"],
  reactivatePerson: [learner],
  bar: [learner, "because"],
  unbar: [learner],
  archive: [learner, "because"],
  decideWho: [integration, 1, "0".repeat(64), { who: "ignore", reason: "they said so", applyNow: true }],
  takeBack: [integration, "0".repeat(64), "because"],
  theyAreTheSame: [integration, "0".repeat(64), "because"],
  showOrder: [{ order: [integration], kinds: {} }],
  saveOrder: [{ order: [integration], kinds: {} }, true],
  holdPerson: [learner, "because"],
  releaseHold: [learner],
  erasePersonData: [learner, { name: "Lee Pupil004", reason: "because", bar: true }],
  disconnect: [integration, { people: "leave", reason: "because" }],
  decide: [run, 1, { verdict: "same-person", reason: "they said so" }],
  decideWhichClass: [run, 1, { classroomId: learner, reason: "they said so" }],
});

/** What everybody may do, with their own. */
const own = new Set([
  "changePassword",
  "endSession",
  "endOtherSessions",
  "proveItIsMe",
  "waysOfProving",
  "passkeyToProve",
  "beginOwnApp",
  "finishOwnApp",
  "beginOwnPasskey",
  "finishOwnPasskey",
  "removeOwnApp",
  "removeOwnPasskey",
  "makeOwnCodes",
]);

/** What belongs to signing in itself, and is open to whoever is not signed in. */
const open = new Set([
  "forgetPassword",
  "chooseByLink",
  "chooseFirst",
  "findWays",
  // The same, as the browser itself sends their forms.
  "enterByForm",
  "forgetByForm",
  "chooseFirstByForm",
  "proveByForm",
]);

/** As every JSON door answers: RFC 9457, leading to where it is explained. */
async function expectProblem(answer: APIResponse, type: string, address: string): Promise<void> {
  expect(answer.headers()["content-type"], address).toBe("application/problem+json");
  expect(await answer.json(), address).toMatchObject({
    type: paths.help("api", type),
    status: answer.status(),
    detail: expect.any(String),
  });
}

async function entriesOf(district: OwnDistrict): Promise<number> {
  return (await command("audit", "verify", "--district", district.id)).districts[0].entries;
}

async function expectRefusedActions(
  request: APIRequestContext,
  origin: string,
  records: Records,
  district: OwnDistrict,
  words: string,
  isMeant: (name: string) => boolean = () => true,
) {
  const actions = (await serverActions()).filter(({ name }) => !open.has(name) && isMeant(name));
  expect(actions.length).toBeGreaterThan(15);
  for (const action of actions) {
    const args = meant(records, district)[action.name] ?? [records.integration];
    for (const address of [paths.home(), paths.run(records.integration, records.run)]) {
      const answer = await callAction(request, origin, address, action, args);
      const text = await answer.text();
      expect(text, `${action.name} from ${address}`).toContain(words);
      expect(text, `${action.name} from ${address}`).not.toContain('"ok":true');
    }
  }
}

test("a teacher and a learner have a page of their own and nothing of the admins'", async ({
  browser,
  baseURL,
  connect,
  ownSis,
  district,
}) => {
  test.slow();
  await ownSis.put(rosterSet({ learners: 12, withMistakes: true }));
  const integration = await connect();
  const run = await sync(integration);
  const learners: { id: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  const records = { integration, run, learner: learners[0]?.id ?? "" };
  const people = [
    { who: await passwordFor(district, "teacher", teacherEmail(1)), name: "Tess Teacher1" },
    { who: await passwordFor(district, "learner", learnerEmail(4)), name: "Lee Pupil004" },
  ];

  for (const { who, name } of people) {
    const context: BrowserContext = await browser.newContext();
    const page = await context.newPage();
    await test.step(`${name} arrives at the own classrooms`, async () => {
      await signIn(page, who);
      await expect(page).toHaveURL(paths.home());
      await expect(page.getByText(name, { exact: true }).first()).toBeVisible();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^You (teach|are in) 1 class now\.$/);
      await expect(page.getByRole("heading", { level: 3, name: /^Mathematics 1-/ })).toHaveCount(1);
    });
    const before = await entriesOf(district);
    await test.step(`${name} is denied every page, without being sent anywhere`, async () => {
      for (const address of Object.values(pages(records)).flat()) {
        const answer = await context.request.get(address, { maxRedirects: 0 });
        expect(answer.status(), address).toBe(403);
        expect(await answer.text(), address).toContain("Your role does not include this page");
      }
      await page.goto(paths.auditLog());
      await awake(page);
      await expect(page.getByRole("heading", { name: "Your role does not include this page" })).toBeVisible();
      await page.getByRole("link", { name: "Go to my start page" }).click();
      await expect(page).toHaveURL(paths.home());
    });
    await test.step(`${name} is denied every download and every test`, async () => {
      for (const address of downloads(records)) {
        const answer = await context.request.get(address);
        expect(answer.status(), address).toBe(403);
        await expectProblem(answer, "forbidden", address);
      }
      const data = { integrationId: integration, edits: {} };
      for (const [address, asked] of [
        [paths.api.testConnection(), data],
        [paths.api.find(), { q: "pupil" }],
        [paths.api.planParts(run), { part: "details", q: "pupil" }],
      ] as const) {
        const tried = await context.request.post(address, { data: asked });
        expect(tried.status(), address).toBe(403);
        await expectProblem(tried, "forbidden", address);
      }
    });
    await test.step(`${name} is refused every server action`, () =>
      expectRefusedActions(context.request, baseURL ?? "", records, district, "Your role does not include this", (name) => !own.has(name)));
    // Whatever an action does is in the log: nothing new there, nothing done.
    expect(await entriesOf(district)).toBe(before);
    await context.close();
  }
});

test("whoever is signed out is asked to sign in, and gets nothing else", async ({ request, baseURL, connect, ownSis, district }) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  const integration = await connect();
  const records = { integration, run: await sync(integration), learner: district.adminId };
  const before = await entriesOf(district);
  for (const address of [...Object.values(pages(records)).flat(), paths.home(), paths.ownSignIn()]) {
    const answer = await request.get(address, { maxRedirects: 0 });
    expect(answer.status(), address).toBe(307);
    expect(answer.headers().location, address).toMatch(/^\/sign-in\?returnTo=/);
  }
  for (const address of downloads(records)) {
    const answer = await request.get(address);
    expect(answer.status(), address).toBe(401);
    await expectProblem(answer, "unauthenticated", address);
  }
  const data = { integrationId: integration, edits: {} };
  expect((await request.post(paths.api.testConnection(), { data })).status()).toBe(401);
  expect((await request.post(paths.api.find(), { data: { q: "pupil" } })).status()).toBe(401);
  expect((await request.post(paths.api.planParts(records.run), { data: { part: "details", q: "pupil" } })).status()).toBe(401);
  await expectRefusedActions(request, baseURL ?? "", records, district, "Sign in to continue");
  expect(await entriesOf(district)).toBe(before);
});

test("what an admin sent is refused when a teacher sends the same", async ({ page, browser, open, connect, ownSis, district }) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  await sync(await connect());
  const teacher = await browser.newContext();
  await signIn(await teacher.newPage(), await passwordFor(district, "teacher", teacherEmail(1)));

  await open(paths.settings());
  await page.getByRole("textbox", { name: "District name" }).fill("Lakeside Renamed");
  const [sent] = await Promise.all([
    page.waitForRequest((one) => one.method() === "POST" && one.headers()["next-action"] !== undefined),
    page.getByRole("button", { name: "Save settings" }).click(),
  ]);
  await expect(page.getByText("Settings saved").first()).toBeVisible();
  await page.getByRole("textbox", { name: "District name" }).fill("Lakeside Schools");
  await page.getByRole("button", { name: "Save settings" }).click();
  await expect(page.getByRole("banner").first()).toContainText("Lakeside Schools");

  const { cookie: _, ...headers } = await sent.allHeaders();
  const plain = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":") && name !== "content-length"));
  const replayed = await teacher.request.post(sent.url(), { headers: plain, data: sent.postData() ?? "" });
  expect(await replayed.text()).toContain("Your role does not include this");
  await page.reload();
  await expect(page.getByRole("textbox", { name: "District name" })).toHaveValue("Lakeside Schools");
  await teacher.close();
});

/** The door of a page or of a route's address: its pattern in the table. */
function doorOf(address: string, of: Readonly<Record<string, Door>>, method = ""): readonly [string, Door] {
  const parts = new URL(address, "http://portal.invalid").pathname.split("/");
  const fits = (pattern: string) => {
    const wanted = pattern.replace(/^\w+ /, "").split("/");
    return wanted.length === parts.length && wanted.every((one, at) => one === parts[at] || one.startsWith("["));
  };
  // What is named comes before what stands for anything.
  const [found] = Object.entries(of)
    .filter(([pattern]) => pattern.startsWith(method) && fits(pattern))
    .toSorted(([one], [other]) => one.split("[").length - other.split("[").length);
  if (!found) throw new Error(`${method}${address} is no door of app/doors.ts`);
  return found;
}

const refusal = "Your role does not include this";

test("every door opens to whom the table of roles says, and to nobody else", async ({
  browser,
  baseURL,
  open,
  page,
  connect,
  ownSis,
  district,
}) => {
  test.slow();
  await ownSis.put(rosterSet({ learners: 12, withMistakes: true }));
  const integration = await connect();
  const run = await sync(integration);
  const learners: { id: string; name: string }[] = await command("account", "list", "--district", district.id, "--role", "learner");
  const learner = learners.find(({ name }) => name.includes("Pupil001"))?.id ?? "";
  const records = { integration, run, learner };
  await open(paths.overview());
  const schoolIds = async (who: APIRequestContext) => {
    const links = (await (await who.get(paths.roster("schools"))).text()).matchAll(/\/roster\/schools\/([0-9a-f-]{36})/g);
    return [...new Set([...links].map(([, id = ""]) => id))];
  };
  const all = await schoolIds(page.request);
  expect(all).toHaveLength(3);
  const school = (await (await page.request.get(paths.rosterRecord("learners", learner))).text()).match(
    /\/roster\/schools\/([0-9a-f-]{36})/,
  )?.[1];
  const other = all.find((id) => id !== school) ?? "";
  const withRole = async (role: string, ...schools: string[]): Promise<SignIn> => {
    const email = `${role}-${schools[0] ?? "all"}-${district.id}@lakeside.example`;
    const given = schools.length === 0 ? [] : ["--school", ...schools];
    return {
      email,
      password: (await withPassword("admin", "create", "--district", district.id, "--email", email, "--role", role, ...given)).password,
    };
  };
  const actors: readonly { readonly name: string; readonly role: Role | null; readonly who: SignIn | null; readonly sees: boolean }[] = [
    { name: "nobody", role: null, who: null, sees: false },
    { name: "a learner", role: "learner", who: await passwordFor(district, "learner", learnerEmail(4)), sees: false },
    { name: "a teacher", role: "teacher", who: await passwordFor(district, "teacher", teacherEmail(1)), sees: false },
    { name: "a school admin of another school", role: "school-admin", who: await withRole("school-admin", other), sees: false },
    { name: "a school admin of the school", role: "school-admin", who: await withRole("school-admin", school ?? ""), sees: true },
    { name: "an auditor", role: "auditor", who: await withRole("auditor"), sees: true },
    { name: "an integration admin", role: "integration-admin", who: await withRole("integration-admin"), sees: true },
    { name: "a district admin of another district", role: "admin", who: await newDistrict("Elsewhere Schools"), sees: false },
  ];
  const actions = await serverActions();
  const tried: Record<string, { tried: number; closed: number; opened: number; wrongly: string[] }> = {};
  for (const { name, role, who, sees } of actors)
    await test.step(name, async () => {
      const context = await browser.newContext();
      const { request } = context;
      if (who !== null) await signIn(await context.newPage(), who);
      const count = { tried: 0, closed: 0, opened: 0, wrongly: [] as string[] };
      tried[name] = count;
      const note = (what: string, door: Door, isClosed: boolean) => {
        count.tried += 1;
        count[isClosed ? "closed" : "opened"] += 1;
        if (isClosed === opensTo(door, role)) count.wrongly.push(what);
      };
      for (const address of [...Object.values(pages(records)).flat(), paths.home(), paths.ownSignIn()]) {
        const answer = await request.get(address, { maxRedirects: 0, maxRetries });
        expect(answer.status(), `${address} for ${name}`).toBeLessThan(500);
        const text = await answer.text();
        // A page whose skeleton is sent first has its status by then, and is refused in what follows.
        const isRefused = answer.status() === 403 || text.includes("NEXT_HTTP_ERROR_FALLBACK;403");
        const isClosed = isRefused || answer.headers().location?.startsWith("/sign-in") === true;
        note(address, doorOf(address, pageDoors)[1], isClosed);
        if (!sees && role !== "learner" && role !== "teacher") expect(text, `${address} for ${name}`).not.toContain("Pupil001");
      }
      const posts = [
        [paths.api.testConnection(), { integrationId: integration, edits: {} }],
        [paths.api.find(), { q: "pupil001" }],
        [paths.api.planParts(run), { part: "details", q: "pupil" }],
      ] as const;
      for (const address of downloads(records)) {
        const answer = await request.get(address, { maxRetries });
        note(address, doorOf(address, routeDoors, "GET ")[1], answer.status() === 401 || answer.status() === 403);
        if (!sees) expect(await answer.text(), `${address} for ${name}`).not.toContain("Pupil001");
      }
      for (const [address, data] of posts) {
        const answer = await request.post(address, { data, maxRetries });
        note(address, doorOf(address, routeDoors, "POST ")[1], answer.status() === 401 || answer.status() === 403);
        if (!sees) expect(await answer.text(), `${address} for ${name}`).not.toContain("Pupil001");
      }
      const from = paths.home();
      for (const action of actions) {
        const door = actionDoors[action.name];
        if (door === undefined) throw new Error(`${action.name} is no door of app/doors.ts`);
        if (door.needs === "own" || door.needs === "nothing") continue;
        // Whom it opens to, it is given what means nothing; whom not, what somebody who means it would send.
        const args = opensTo(door, role) ? [randomUUID()] : (meant(records, district)[action.name] ?? [integration]);
        const text = await (await callAction(request, baseURL ?? "", from, action, args)).text();
        note(action.name, door, text.includes(refusal) || text.includes("Sign in to continue"));
      }
      await context.close();
    });
  // What was tried of each, for whoever reads the run.
  for (const [name, { tried: of, closed, opened }] of Object.entries(tried))
    console.log(`${name}: ${of} doors tried, ${closed} closed, ${opened} opened`);
  expect(Object.fromEntries(Object.entries(tried).map(([name, { wrongly }]) => [name, wrongly]))).toEqual(
    Object.fromEntries(actors.map(({ name }) => [name, []])),
  );
});
