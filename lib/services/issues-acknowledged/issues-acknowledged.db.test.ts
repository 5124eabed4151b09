import { afterAll, expect, test } from "vitest";
import { newIntegration, type RawRow, syncOnce } from "#lib/engine/testing/sync.ts";
import { operatorScope } from "#lib/platform/access.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { acknowledgedOf, colleagues } from "./read.ts";
import { acknowledgeIssues, releaseIssues } from "./write.ts";

const { services, close } = await testServices();
afterAll(close);

const orgs: RawRow[] = [{ sourcedId: "north", name: "North High", type: "school" }];
const learner = (id: string, grades: string): RawRow => ({
  sourcedId: id,
  role: "student",
  givenName: "Ada",
  familyName: "Lee",
  grades,
  orgSourcedIds: "north",
  enabledUser: "true",
});
const sis = (...users: RawRow[]) => ({ rows: { orgs, users } });

async function adminIn(districtId: string): Promise<string> {
  const [admin] = await services.db.sql<{ id: string }[]>`
    insert into accounts (district_id, role, given_name, family_name, email)
    values (${districtId}, 'admin', 'Dana', 'Whitfield', 'dana@example.org') returning id`;
  return admin?.id ?? "";
}

test("a cause that somebody sees to is known until its last issue is closed, and new when it comes back", async () => {
  const districtId = await newDistrict(services.db);
  const scope = operatorScope(districtId);
  const integrationId = await newIntegration(services.db, districtId);
  const said = () => withDistrict(services.db, scope, (tx) => acknowledgedOf(tx, [integrationId]));
  const run = (...users: RawRow[]) => syncOnce(services.db, districtId, integrationId, sis(...users));
  const cause = { code: "grade-unknown", reason: "asked the registrar" };
  await run(learner("a", "05"));
  await expect(acknowledgeIssues(services, scope, integrationId, cause)).rejects.toMatchObject({ code: "precondition" });

  await run(learner("a", "Year?"), learner("b", "Year?"));
  const dana = await adminIn(districtId);
  expect(await withDistrict(services.db, scope, colleagues)).toEqual([{ id: dana, name: "Dana Whitfield" }]);
  await acknowledgeIssues(services, scope, integrationId, { ...cause, assignedTo: dana });
  expect(await said()).toMatchObject([{ code: "grade-unknown", assignedTo: "Dana Whitfield", by: null, reason: cause.reason }]);
  await run(learner("a", "Year?"), learner("b", "05"));
  expect(await said()).toHaveLength(1);
  await run(learner("a", "05"), learner("b", "05"));
  expect(await said()).toEqual([]);
  await run(learner("a", "Year?"), learner("b", "05"));
  expect(await said()).toEqual([]);

  await acknowledgeIssues(services, scope, integrationId, cause);
  await releaseIssues(services, scope, integrationId, "grade-unknown");
  await expect(releaseIssues(services, scope, integrationId, "grade-unknown")).rejects.toMatchObject({ code: "not-found" });
  const audited = await services.db.sql<{ action: string; details: Record<string, unknown> }[]>`
    select action, details from audit_entries where district_id = ${districtId} and action like 'issues-%' order by seq`;
  expect(audited.map(({ action }) => action)).toEqual(["issues-acknowledged", "issues-acknowledged", "issues-released"]);
  expect(audited[0]?.details).toMatchObject({ code: "grade-unknown", assignedTo: dana });
});

test("only an admin of the district is assigned, and only its own integrations' causes", async () => {
  const districtId = await newDistrict(services.db);
  const integrationId = await newIntegration(services.db, districtId);
  await syncOnce(services.db, districtId, integrationId, sis(learner("a", "Year?")));
  const input = { code: "grade-unknown", reason: "asked the registrar" };
  const scope = operatorScope(districtId);
  const elsewhere = await newDistrict(services.db);
  const stranger = await adminIn(elsewhere);
  await expect(acknowledgeIssues(services, scope, integrationId, { ...input, assignedTo: stranger })).rejects.toMatchObject({
    code: "invalid",
  });
  await expect(acknowledgeIssues(services, scope, integrationId, { ...input, reason: " " })).rejects.toMatchObject({ code: "invalid" });
  await expect(acknowledgeIssues(services, operatorScope(elsewhere), integrationId, input)).rejects.toMatchObject({ code: "not-found" });
});
