import { connect as openSocket } from "node:net";
import type { Page } from "@playwright/test";
import { paths } from "#app/paths.ts";
import { expectAccessible } from "./support/accessible.ts";
import { rosterSet } from "./support/roster-set.ts";
import { expect, sync, test } from "./support/test.ts";

/** What the dialog shows once. */
async function shownOnce(page: Page, label: string): Promise<string> {
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("shown only now");
  const code = dialog.getByRole("button", { name: `Copy ${label}` }).locator("xpath=preceding-sibling::code");
  return ((await code.textContent()) ?? "").trim();
}

test("a token is made, opens what it may, and nothing any more once it is revoked", async ({ page, open, request, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  const integration = await connect();
  const run = await sync(integration);
  await open(paths.apiAccess());
  await page.getByRole("button", { name: "Create token" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create token" }).click();
  await expect(dialog.getByText("Enter a name").first()).toBeVisible();
  await dialog.getByRole("textbox", { name: "Name" }).fill("Nightly report");
  await dialog.getByRole("combobox", { name: "Expires after" }).selectOption("30");
  await dialog.getByRole("checkbox", { name: "read:runs" }).check();
  await dialog.getByRole("checkbox", { name: "read:roster" }).check();
  await dialog.getByRole("button", { name: "Create token" }).click();
  const token = await shownOnce(page, "token");
  expect(token).toMatch(/^aivo_/);
  await page.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByRole("heading", { name: "Nightly report" })).toBeVisible();
  expect(await page.content()).not.toContain(token);
  await expectAccessible(page);

  const headers = { authorization: `Bearer ${token}` };
  const get = (address: string, more: Record<string, string> = headers) => request.get(address, { headers: more });
  const people = await get(`${paths.api.v1()}/roster/people?role=learner`);
  expect(people.status()).toBe(200);
  expect((await people.json()).data).toHaveLength(3);
  expect((await (await get(`${paths.api.v1()}/runs/${run}`)).json()).state).toBe("succeeded");
  expect((await get(`${paths.api.v1()}/integrations`)).status()).toBe(403);

  await test.step("the server that is built answers what nobody should ask", async () => {
    const address = `${paths.api.v1()}/roster/people`;
    const none = await get(address, {});
    expect([none.status(), none.headers()["content-type"], none.headers()["www-authenticate"]]).toEqual([
      401,
      "application/problem+json",
      'Bearer realm="Aivo"',
    ]);
    expect((await get(`${paths.api.v1()}/nothing`)).status()).toBe(404);
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      const answer = await request.fetch(address, { method, headers });
      expect([method, answer.status(), answer.headers().allow]).toEqual([method, 405, "GET, HEAD, OPTIONS"]);
    }
    const head = await request.fetch(address, { method: "HEAD", headers });
    expect([head.status(), (await head.body()).length]).toEqual([200, 0]);
    const options = await request.fetch(address, { method: "OPTIONS", headers: { origin: "https://elsewhere.example" } });
    expect([options.status(), options.headers()["access-control-allow-origin"]]).toEqual([204, undefined]);
    expect((await get(paths.api.openApi(), {})).status()).toBe(200);
    expect(await traced(people.url(), token)).toMatch(/^HTTP\/1\.1 (400|405|501)/);
  });

  await page.getByRole("button", { name: "Revoke Nightly report" }).click();
  await page.getByRole("button", { name: "Revoke this token" }).click();
  await expect(page.getByText("Revoked", { exact: true })).toBeVisible();
  expect((await get(`${paths.api.v1()}/roster/people`)).status()).toBe(401);
  await open(paths.auditLog());
  await expect(page.getByText(/gave the API token “Nightly report” access: read:runs, read:roster, until/)).toBeVisible();
  await expect(page.getByText("took the access away from the API token “Nightly report”")).toBeVisible();
});

test("a reading application gets the roster over OneRoster", async ({ page, open, request, connect, ownSis }) => {
  await ownSis.put(rosterSet({ learners: 3 }));
  await sync(await connect());
  await open(paths.apiAccess());
  await page.getByRole("button", { name: "Add application" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Library system");
  await dialog.getByRole("button", { name: "Add application" }).click();
  const [id, secret] = [await shownOnce(page, "client ID"), await shownOnce(page, "client secret")];
  await page.getByRole("button", { name: "I have copied it" }).click();
  const form = { grant_type: "client_credentials", client_id: id, client_secret: secret };
  const given = await request.post(paths.api.oauthToken(), { form });
  expect(given.status()).toBe(200);
  const headers = { authorization: `Bearer ${(await given.json()).access_token}` };
  const students = await request.get("/ims/oneroster/v1p1/students", { headers });
  expect([students.status(), students.headers()["x-total-count"]]).toEqual([200, "3"]);
  const [student] = (await students.json()).users;
  expect((await (await request.get(`/ims/oneroster/v1p1/users/${student.sourcedId}`, { headers })).json()).user).toEqual(student);
  expect((await request.post("/ims/oneroster/v1p1/students", { headers })).status()).toBe(405);
  expect((await request.get(`/ims/oneroster/rostering/v1p2/users/${student.sourcedId}`, { headers })).status()).toBe(403);
  const description = await request.get("/ims/oneroster/rostering/v1p2/discovery/imsorv1p2_rostering_openapi3_v1p0.json");
  expect((await description.json()).servers[0].url).toContain("/ims/oneroster/rostering/v1p2");
});

test("the reference lists every operation, and finds one by its words", async ({ page, open }) => {
  await open(paths.apiReference());
  await expect(page.getByText(/^\d+ operations$/)).toBeVisible();
  await page.getByRole("searchbox", { name: "Find an operation" }).fill("write:runs take back");
  await expect(page.getByText(/^1 of \d+ operations$/)).toBeVisible();
  await page.getByText("Take a sync back").click();
  await expect(page.getByText("/runs/{run}/undo' \\")).toBeVisible();
  await expectAccessible(page);
});

/** What a server says to TRACE, which no client library sends. */
function traced(address: string, token: string): Promise<string> {
  const { hostname, port, pathname } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = openSocket(Number(port), hostname, () =>
      socket.write(`TRACE ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`),
    );
    let answer = "";
    socket.setEncoding("utf8");
    socket.on("data", (part) => {
      answer += part;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}
