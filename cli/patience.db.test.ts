import { afterAll, expect, test } from "vitest";

import { operatorScope } from "#lib/platform/access.ts";
import { getIntegration } from "#lib/services/integrations/read.ts";
import { addIntegration, pauseIntegration, renameIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { sis } from "./sis/testing.ts";

const { services, variables, close } = await testServices();
afterAll(close);

test("a change that would wait for a sync to be applied is refused soon, and reading is not", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  const { id } = await addIntegration(services, scope, { name: "SIS", provider: "oneroster-csv", credentials: someCredentials });
  const refusal = { code: "conflict", message: expect.stringMatching(/sync is being applied.*try again/i) };
  // What a sync holds while it writes: the district's revision, and at its end the integration.
  await services.db.sql.begin(async (sql) => {
    await sql`select from districts where id = ${scope.districtId} for update`;
    await sql`select from integrations where id = ${id} for update`;
    const typed = sis(variables, "--json", "integration", "pause", id);
    // At once: each of them is patient for a while.
    await Promise.all([
      expect(pauseIntegration(services, scope, id)).rejects.toMatchObject(refusal),
      expect(renameIntegration(services, scope, id, "Another name")).rejects.toMatchObject(refusal),
      expect(typed).resolves.toMatchObject({ exitCode: 1, json: { error: { code: "conflict" } } }),
    ]);
    expect(await getIntegration(services, scope, id)).toMatchObject({ name: "SIS", state: "active" });
  });
  await pauseIntegration(services, scope, id);
  expect((await getIntegration(services, scope, id)).state).toBe("paused");
});
