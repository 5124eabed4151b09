import { and, count, eq, isNotNull, ne } from "drizzle-orm";
import { resolveUrl } from "#lib/engine/sis/http/connect.ts";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type AuditAction, appendAudit } from "#lib/platform/audit.ts";
import { seal } from "#lib/platform/crypto/keyring.ts";
import { districts } from "#lib/platform/db/schema/districts.ts";
import { identities, identityProviders, identityRequests } from "#lib/platform/db/schema/identity.ts";
import { integrations } from "#lib/platform/db/schema/integrations.ts";
import { type Tx, withDistrict } from "#lib/platform/db/tx.ts";
import { RunFailure, ServiceError } from "#lib/platform/errors.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { isUuid } from "#lib/platform/uuid.ts";
import { assertConfirmed } from "#lib/services/accounts/confirm.ts";
import type { Services } from "#lib/services/services.ts";
import { type Discovered, describeProvider } from "./client.ts";
import { mostProviders } from "./presets-schema.ts";
import { clientOf, findProvider, isProvider, type ProviderRow } from "./provider-rows.ts";
import { ProviderInput } from "./schema.ts";

const refusal = "This way of signing in cannot be saved.";

/**
 * Adds a provider. Its issuer is judged as the address of a SIS is, now and at each connection; its secret is kept sealed and shown to nobody.
 * @throws ServiceError `invalid` with messages by field, `conflict` where the district has it already
 */
export async function addProvider(services: Services, scope: DistrictScope<"change-settings">, input: unknown): Promise<{ id: string }> {
  assertConfirmed(scope, "require-factor");
  const { clientSecret, ...values } = parseOrRefuse(ProviderInput, input, refusal);
  if (clientSecret === "") throw new ServiceError("invalid", refusal, { clientSecret: "Enter the client secret" });
  await judge(services, values.issuer);
  return withDistrict(services.db, scope, async (tx) => {
    const [{ many } = { many: 0 }] = await tx.orm
      .select({ many: count() })
      .from(identityProviders)
      .where(eq(identityProviders.districtId, tx.districtId));
    if (many >= mostProviders) throw new ServiceError("invalid", `A district has at most ${mostProviders} ways of signing in.`);
    await assertIntegration(tx, values.integrationId);
    const [minted] = await tx.sql<{ id: string }[]>`select uuidv7() as id`;
    const id = minted?.id ?? "";
    const secrets = sealed(services, id, clientSecret);
    const added = await tx.orm
      .insert(identityProviders)
      .values({ districtId: tx.districtId, id, ...values, secrets, createdAt: services.now() })
      .onConflictDoNothing()
      .returning({ id: identityProviders.id });
    if (added.length === 0) throw new ServiceError("conflict", "The district has this one already.", { clientId: "Is there already" });
    await audit(tx, services, scope, "identity-provider-added", id, { preset: values.preset, host: hostOf(values.issuer) });
    return { id };
  });
}

/**
 * Changes a provider; a blank secret keeps the stored one, which goes nowhere new. What decides who comes in counts as proven again only when
 * an admin has come in with it; another issuer knows nobody yet.
 * @throws ServiceError `not-found`, `invalid`, `conflict`; `precondition` where nobody could sign in any more
 */
export async function changeProvider(
  services: Services,
  scope: DistrictScope<"change-settings">,
  id: string,
  input: unknown,
): Promise<void> {
  assertConfirmed(scope, "require-factor");
  const { clientSecret, ...values } = parseOrRefuse(ProviderInput, input, refusal);
  await judge(services, values.issuer);
  await change(services, scope, id, async (tx, row) => {
    await assertIntegration(tx, values.integrationId);
    const goesElsewhere = values.issuer !== row.issuer || values.clientId !== row.clientId;
    if (goesElsewhere && clientSecret === "")
      throw new ServiceError("invalid", "Enter the secret again, because the issuer or the client ID changed.", {
        clientSecret: "Enter it again: the stored one would be sent somewhere new",
      });
    const decides = ["preset", "issuer", "clientId", "tenant", "matchBy", "integrationId", "sisIdClaim"] as const;
    const fields = decides.filter((field) => values[field] !== row[field]);
    if (fields.length > 0) await assertAnotherProven(tx, row);
    if (values.issuer !== row.issuer) await forgetPeople(tx, id);
    await tx.orm.delete(identityRequests).where(and(eq(identityRequests.districtId, tx.districtId), eq(identityRequests.providerId, id)));
    await tx.orm
      .update(identityProviders)
      .set({
        ...values,
        ...(clientSecret === "" ? {} : { secrets: sealed(services, id, clientSecret) }),
        ...(fields.length > 0 ? { provenAt: null } : {}),
      })
      .where(isProvider(tx.districtId, id));
    const secret = clientSecret === "" ? [] : ["clientSecret"];
    const label = values.label === row.label ? [] : ["label"];
    await audit(tx, services, scope, "identity-provider-changed", id, { fields: [...label, ...fields, ...secret] });
  });
}

/** Nobody comes in through it any more; sessions that go on do so. @throws ServiceError `not-found`, `precondition` as above */
export async function removeProvider(services: Services, scope: DistrictScope<"change-settings">, id: string): Promise<void> {
  assertConfirmed(scope, "require-factor");
  await change(services, scope, id, async (tx, row) => {
    await assertAnotherProven(tx, row);
    await forgetPeople(tx, id);
    await tx.orm.delete(identityRequests).where(and(eq(identityRequests.districtId, tx.districtId), eq(identityRequests.providerId, id)));
    await tx.orm.delete(identityProviders).where(isProvider(tx.districtId, id));
    await audit(tx, services, scope, "identity-provider-removed", id, { preset: row.preset, host: hostOf(row.issuer) });
  });
}

/** Reads the provider's discovery document and keys. @throws ServiceError `not-found`, `precondition` in words that say what is wrong */
export async function testProvider(services: Services, scope: DistrictScope<"change-settings">, id: string): Promise<Discovered> {
  const row = await withDistrict(services.db, scope, (tx) => findProvider(tx.orm, tx.districtId, id));
  if (row === null) throw notThere();
  const told = async (outcome: "passed" | "failed") =>
    withDistrict(services.db, scope, (tx) => audit(tx, services, scope, "identity-provider-tested", id, { outcome }));
  try {
    const discovered = await describeProvider(services, clientOf(services, row));
    await told("passed");
    return discovered;
  } catch (error) {
    if (error instanceof ServiceError) await told("failed");
    throw error;
  }
}

/**
 * Makes the district's own accounts the only way in, or lets passwords in again. Not before an admin has come in that way, so that nobody locks
 * everybody out.
 * @throws ServiceError `precondition`
 */
export async function setOwnAccountsOnly(services: Services, scope: DistrictScope<"change-settings">, isOnly: boolean): Promise<void> {
  assertConfirmed(scope, "require-factor");
  await withDistrict(services.db, scope, async (tx) => {
    const since = await lockDistrict(tx);
    if ((since !== null) === isOnly) return;
    if (isOnly && (await countProven(tx, null)) === 0)
      throw new ServiceError(
        "precondition",
        "First an admin has to sign in this way once, so that nobody is locked out. Sign out, and do it.",
      );
    await tx.orm
      .update(districts)
      .set({ ownAccountsOnlySince: isOnly ? services.now() : null })
      .where(eq(districts.id, tx.districtId));
    const action = isOnly ? "own-accounts-required" : "passwords-allowed";
    await appendAudit(tx, { actor: scope.actor, action, target: { kind: "district", id: tx.districtId } }, services.now());
  });
}

async function lockDistrict(tx: Tx): Promise<Date | null> {
  const [district] = await tx.orm
    .select({ since: districts.ownAccountsOnlySince })
    .from(districts)
    .where(eq(districts.id, tx.districtId))
    .for("update");
  return district?.since ?? null;
}

async function countProven(tx: Tx, exceptId: string | null): Promise<number> {
  const [{ many } = { many: 0 }] = await tx.orm
    .select({ many: count() })
    .from(identityProviders)
    .where(
      and(
        eq(identityProviders.districtId, tx.districtId),
        isNotNull(identityProviders.provenAt),
        exceptId === null ? undefined : ne(identityProviders.id, exceptId),
      ),
    );
  return many;
}

/** While passwords are off, the last way that is known to work stays. */
async function assertAnotherProven(tx: Tx, { id, provenAt }: ProviderRow): Promise<void> {
  if ((await lockDistrict(tx)) === null || provenAt === null || (await countProven(tx, id)) > 0) return;
  throw new ServiceError("precondition", "This is the only way in that is known to work. Allow passwords first, then change it.");
}

/** Bindings to a provider that is no longer the same one. */
async function forgetPeople(tx: Tx, providerId: string): Promise<void> {
  await tx.orm.delete(identities).where(and(eq(identities.districtId, tx.districtId), eq(identities.providerId, providerId)));
}

async function assertIntegration(tx: Tx, id: string | null): Promise<void> {
  if (id === null) return;
  const [found] = isUuid(id)
    ? await tx.orm
        .select({ id: integrations.id })
        .from(integrations)
        .where(and(eq(integrations.districtId, tx.districtId), eq(integrations.id, id)))
    : [];
  if (!found) throw new ServiceError("invalid", refusal, { integrationId: "There is no such integration" });
}

/** @throws ServiceError `invalid` where Aivo would not connect to the issuer, or cannot find it */
async function judge({ env }: Services, issuer: string): Promise<void> {
  try {
    const options = { trustedOrigins: env.trustedOrigins, signal: AbortSignal.timeout(10_000), connectTimeoutMs: 10_000 };
    await resolveUrl(new URL(issuer), options);
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    throw new ServiceError("invalid", `${error.message} ${error.remedy}`, { issuer: error.message });
  }
}

const sealed = ({ keyring }: Services, id: string, clientSecret: string) => ({
  clientSecret: seal(keyring, { integrationId: id, field: "clientSecret" }, clientSecret),
});

const hostOf = (issuer: string) => URL.parse(issuer)?.host ?? null;
const notThere = () => new ServiceError("not-found", "There is no such way of signing in.");

async function change(
  services: Services,
  scope: DistrictScope<"change-settings">,
  id: string,
  write: (tx: Tx, row: ProviderRow) => Promise<void>,
): Promise<void> {
  await withDistrict(services.db, scope, async (tx) => {
    const [row] = isUuid(id) ? await tx.orm.select().from(identityProviders).where(isProvider(tx.districtId, id)).for("update") : [];
    if (!row) throw notThere();
    await write(tx, row);
  });
}

function audit(
  tx: Tx,
  services: Services,
  scope: DistrictScope<"change-settings">,
  action: AuditAction,
  id: string,
  details: Record<string, unknown>,
): Promise<void> {
  return appendAudit(tx, { actor: scope.actor, action, target: { kind: "identity-provider", id }, details }, services.now());
}
