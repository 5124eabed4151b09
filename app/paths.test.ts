import { expect, test } from "vitest";
import { choicesPage, choosePasswordPage, pageOf, signInPage } from "#lib/services/notices/links.ts";
import { paths, safeReturnTo } from "./paths.ts";

const id = "01a20cac-d8fa-7647-96fb-1f28003dd082";

test("every address of the portal", () => {
  expect([
    paths.root(),
    paths.signIn(),
    paths.signIn("/roster/learners?q=a"),
    paths.home(),
    paths.overview(),
    paths.roster(),
    paths.roster("learners", { q: "o'neil & co", page: 2, grade: "" }),
    paths.rosterRecord("teachers", id),
    paths.rosterEdits({ kind: "same" }),
    paths.integrations(),
    paths.newIntegration(),
    paths.integration(id),
    paths.editIntegration(id),
    paths.authorizationProblem("no-state"),
    paths.run(id, id),
    paths.runIssues(id, id, { code: "id-missing" }),
    paths.runIssue(id, id, 7),
    paths.runChanges(id, id),
    paths.auditLog(),
    paths.settings(),
    paths.team(),
    paths.password(),
    paths.api.peopleExport("learner"),
    paths.api.editsExport(),
    paths.api.auditExport(),
    paths.api.authorizationCallback(),
  ]).toMatchInlineSnapshot(`
    [
      "/",
      "/sign-in",
      "/sign-in?returnTo=%2Froster%2Flearners%3Fq%3Da",
      "/home",
      "/overview",
      "/roster/schools",
      "/roster/learners?q=o%27neil+%26+co&page=2",
      "/roster/teachers/01a20cac-d8fa-7647-96fb-1f28003dd082",
      "/roster/edits?kind=same",
      "/integrations",
      "/integrations/new",
      "/integrations/01a20cac-d8fa-7647-96fb-1f28003dd082",
      "/integrations/01a20cac-d8fa-7647-96fb-1f28003dd082/edit",
      "/integrations/authorize?outcome=no-state",
      "/integrations/01a20cac-d8fa-7647-96fb-1f28003dd082/runs/01a20cac-d8fa-7647-96fb-1f28003dd082",
      "/integrations/01a20cac-d8fa-7647-96fb-1f28003dd082/runs/01a20cac-d8fa-7647-96fb-1f28003dd082/issues?code=id-missing",
      "/integrations/01a20cac-d8fa-7647-96fb-1f28003dd082/runs/01a20cac-d8fa-7647-96fb-1f28003dd082/issues/7",
      "/integrations/01a20cac-d8fa-7647-96fb-1f28003dd082/runs/01a20cac-d8fa-7647-96fb-1f28003dd082/changes",
      "/audit-log",
      "/settings",
      "/settings/team",
      "/settings/password",
      "/api/roster/people?role=learner",
      "/api/roster/edits",
      "/api/audit-log/export",
      "/api/integrations/authorize/callback",
    ]
  `);
});

test.each(["/overview", "/roster/learners?q=a&page=2", "/integrations/x/runs/y"])("signing in returns to %s", (address) => {
  expect(safeReturnTo(address)).toBe(address);
});

test.each([
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\tevil",
  "javascript:alert(1)",
  "",
  null,
  undefined,
  "overview",
  "/sign-in?returnTo=/sign-in",
  "/api/audit-log/export",
  "/.//evil.example",
])("signing in never leads to %j", (address) => {
  expect(safeReturnTo(address)).toBe("/");
});

test("messages lead to pages of the portal", () => {
  const env = { publicUrl: "https://aivo.example" };
  const at = (path: string) => `https://aivo.example${path}`;
  expect(pageOf(env, { integrationId: "i", runId: "r" })).toBe(at(paths.run("i", "r")));
  expect(pageOf(env, { integrationId: "i", runId: null })).toBe(at(paths.integration("i")));
  expect(pageOf(env, { integrationId: null, runId: null })).toBe(at(paths.overview()));
  expect(choosePasswordPage(env, "t")).toBe(at(`${paths.choosePassword()}#t`));
  expect(choicesPage(env)).toBe(at(paths.notifications()));
  expect(signInPage(env)).toBe(at(paths.password()));
});
