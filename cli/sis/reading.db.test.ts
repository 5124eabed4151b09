import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { newIntegration } from "#lib/engine/testing/sync.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { newDistrict, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./testing.ts";

const { services, variables, close } = await testServices();
const { db } = services;
afterAll(close);

test("how records of OneRoster 1.2 are read is shown and set from the command line", async () => {
  const integration = await newIntegration(db, await newDistrict(db));
  expect((await sis(variables, "integration", "reading", "show", integration)).stdout).toContain("These settings are for OneRoster 1.2");
  const early = await sis(variables, "--json", "integration", "reading", "set", integration, "--preferred-names", "yes");
  expect(early).toMatchObject({ exitCode: 1, json: { error: { code: "invalid" } } });

  await db.orm.update(integrations).set({ onerosterVersion: "1.2" }).where(eq(integrations.id, integration));
  const set = await sis(
    variables,
    ...["--json", "integration", "reading", "set", integration, "--preferred-names", "yes", "--grace-days", "30"],
    ...["--person-keys", "studentUniqueId", "staffUniqueId", "--roles", "ext:coach=teaching", "--enrollments", "ext:helper=teacher"],
  );
  expect(set.json).toMatchObject({
    isChanged: true,
    readingRules: {
      preferredNames: true,
      graceDays: 30,
      personKeys: ["studentUniqueId", "staffUniqueId"],
      roleWords: { "ext:coach": "teaching" },
      enrollmentRoles: { "ext:helper": "teacher" },
    },
  });
  const shown = await sis(variables, "integration", "reading", "show", integration);
  expect(shown.stdout).toMatch(/roles +ext:coach=teaching/);
  expect((await sis(variables, "integration", "show", integration)).stdout).toMatch(/OneRoster +1\.2/);
  // What is not named stays; an empty text takes a list away.
  await sis(variables, "integration", "reading", "set", integration, "--roles", "");
  const after = await sis(variables, "--json", "integration", "reading", "show", integration);
  expect(after.json).toMatchObject({ readingRules: { roleWords: {}, personKeys: ["studentUniqueId", "staffUniqueId"] } });
  const wrong = await sis(variables, "--json", "integration", "reading", "set", integration, "--roles", "ext:coach");
  expect(wrong).toMatchObject({ exitCode: expect.any(Number), json: { error: { code: "usage" } } });
});
