import { randomBytes } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { operatorScope } from "#lib/platform/access.ts";
import { parseKeyring } from "#lib/platform/crypto/keyring.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { unsealSecrets } from "#lib/services/integrations/credentials.ts";
import { addIntegration } from "#lib/services/integrations/write.ts";
import { newDistrict, someCredentials, testServices } from "#lib/services/testing/services.ts";
import { resealAll } from "./rotate-keys.ts";

const { services, env, close } = await testServices();
afterAll(close);

test("rotation moves every secret to the new key; then the old one can go", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  const { id } = await addIntegration(services, scope, {
    name: "SIS",
    provider: "oneroster-csv",
    credentials: { ...someCredentials, passphrase: "p" },
  });
  const fresh = `new:${randomBytes(32).toString("base64")}`;
  const rotating = { ...services, keyring: parseKeyring(`${fresh},${env.encryptionKeys}`) };
  expect(await resealAll(rotating)).toEqual({ secrets: 2, failed: [] });
  expect(await resealAll(rotating)).toEqual({ secrets: 0, failed: [] });
  const [row] = await services.db.orm.select().from(integrations).where(eq(integrations.id, id));
  expect(unsealSecrets(parseKeyring(fresh), id, row?.secrets ?? {})).toEqual({ password: someCredentials.password, passphrase: "p" });
});

test("what cannot be opened is named and left as it is", async () => {
  const scope = operatorScope(await newDistrict(services.db));
  const { id } = await addIntegration(services, scope, { name: "SIS", provider: "oneroster-csv", credentials: someCredentials });
  const strangers = { ...services, keyring: parseKeyring(`other:${randomBytes(32).toString("base64")}`) };
  const { secrets, failed } = await resealAll(strangers);
  expect(secrets).toBe(0);
  expect(failed.map((failure) => failure.integrationId)).toContain(id);
  expect(failed.find((failure) => failure.integrationId === id)?.message).toContain("test-1");
});
