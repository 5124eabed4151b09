import { afterAll, expect, test } from "vitest";
import { answerApi } from "#app/api/v1/door.ts";
import { answerOneRoster } from "#app/ims/oneroster/answer.ts";
import { answerToken } from "#app/oauth/token/answer.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { accounts } from "#lib/platform/db/schema/roster.ts";
import { createApiClient } from "#lib/services/api/write.ts";
import { updateDistrict } from "#lib/services/districts/write.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { listViews } from "#lib/services/views/read.ts";
import { ViewFilter } from "#lib/services/views/schema.ts";

const { services, close } = await testServices({ variables: { NEXTAUTH_URL: "https://aivo.example" } });
afterAll(close);

const districtId = await newDistrict(services.db);
const operator = operatorScope(districtId);
await updateDistrict(services, operator, { recordsViews: true });
const learner = { districtId, role: "learner", familyName: "Pupil" } as const;
const [sam, nora] = await services.db.orm
  .insert(accounts)
  .values([
    { ...learner, givenName: "Sam" },
    { ...learner, givenName: "Nora" },
  ])
  .returning({ id: accounts.id });
const seenOf = async (person = "") => (await listViews(services, operator, ViewFilter.parse({ person }))).rows;

test("a program that reads people by a token is recorded with whom it was given", async () => {
  const made = await createApiClient(services, operator, { kind: "token", name: "Report", days: 1, scopes: ["read:roster"] });
  const ask = (path: string) =>
    answerApi(
      services,
      new Request(`https://aivo.example/api/v1${path}`, { headers: { authorization: `Bearer ${made.secret}` } }),
      path.slice(1).split("/"),
    );
  expect((await ask(`/roster/people/${sam?.id}`)).status).toBe(200);
  expect(await seenOf(sam?.id)).toEqual([
    expect.objectContaining({ actorKind: "program", actorName: "Report", door: "GET /api/v1/roster/people/{person}", count: 1 }),
  ]);
  expect(await seenOf(nora?.id)).toEqual([]);
  expect((await ask("/roster/people")).status).toBe(200);
  expect((await seenOf(nora?.id))[0]).toMatchObject({ door: "GET /api/v1/roster/people", count: 2 });
});

test("an application that reads the roster over OneRoster is recorded with whom it was given", async () => {
  const made = await createApiClient(services, operator, { kind: "application", name: "Library", days: 1 });
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    scope: "https://purl.imsglobal.org/spec/or/v1p1/scope/roster-core.readonly",
  });
  const basic = Buffer.from(`${made.clientId}:${made.secret}`).toString("base64");
  const answer = await answerToken(
    services,
    new Request("https://aivo.example/oauth/token", {
      method: "POST",
      body: form.toString(),
      headers: { authorization: `Basic ${basic}`, "content-type": "application/x-www-form-urlencoded" },
    }),
  );
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const users = await answerOneRoster(
    services,
    "1.1",
    new Request("https://aivo.example/ims/oneroster/v1p1/users", { headers: { authorization: `Bearer ${token}` } }),
    ["users"],
  );
  expect(users.status).toBe(200);
  expect((await seenOf(sam?.id))[0]).toMatchObject({ actorKind: "program", actorName: "Library", count: 2 });
});
