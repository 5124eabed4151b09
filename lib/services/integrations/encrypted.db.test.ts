import { afterAll, beforeAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { newDistrict, type TestServices, testServices } from "#lib/services/testing/services.ts";
import { addIntegration, updateCredentials } from "./write.ts";

let kit: TestServices;
beforeAll(async () => {
  kit = await testServices({ variables: { AIVO_TRUSTED_SIS_ORIGINS: "http://sis.inside.example:8080" } });
});
afterAll(() => kit.close());

const rest = (baseUrl: string, tokenUrl?: string) => ({
  name: `SIS at ${baseUrl}`,
  provider: "oneroster-rest",
  credentials: { baseUrl, clientId: "a", clientSecret: "b", ...(tokenUrl !== undefined && { tokenUrl }) },
  schedule: null,
});

test("an address without encryption is refused at its field, and one that the operator trusts is not", async () => {
  const scope = operatorScope(await newDistrict(kit.services.db));
  const add = (input: unknown) => addIntegration(kit.services, scope, input);
  await expect(add(rest("http://sis.example"))).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("Enter the address with https://"),
    fields: { baseUrl: expect.stringContaining("http://sis.example is not encrypted") },
  });
  await expect(add(rest("https://sis.example", "http://tokens.example/token"))).rejects.toMatchObject({
    fields: { tokenUrl: expect.stringContaining("http://tokens.example is not encrypted") },
  });
  const classLink = { clientId: "a", clientSecret: "b", tenantId: "1", serverUrl: "http://roster.example" };
  await expect(add({ name: "ClassLink", provider: "classlink", credentials: classLink, schedule: null })).rejects.toMatchObject({
    fields: { serverUrl: expect.stringContaining("http://roster.example is not encrypted") },
  });

  const { id } = await add(rest("https://sis.example"));
  await expect(updateCredentials(kit.services, scope, id, { baseUrl: "http://sis.example", clientSecret: "b" })).rejects.toMatchObject({
    fields: { baseUrl: expect.stringContaining("is not encrypted") },
  });
  await add(rest("http://sis.inside.example:8080"));
});
