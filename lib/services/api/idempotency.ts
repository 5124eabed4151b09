import { createHash } from "node:crypto";
import type { DistrictScope } from "#lib/platform/access.ts";
import { type SealContext, seal, unseal } from "#lib/platform/crypto/keyring.ts";
import { withDistrict } from "#lib/platform/db/tx.ts";
import { RunFailure, ServiceError } from "#lib/platform/errors.ts";
import type { Services } from "#lib/services/services.ts";

/** So long the same key gets the same answer. */
export const keptHours = 24;
/** Longer than any request takes: one that has not answered by then never will. */
const givenUpSeconds = 120;

export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
}

export interface KeyedRequest {
  readonly clientId: string;
  readonly key: string;
  /** All that makes it the request that it is. */
  readonly request: string;
}

/**
 * Does what a request asks once for each key, whichever web server it reaches: the key's row is made before, and of two at once one makes
 * it. What is refused is forgotten, so that it can be tried again; what was done is kept.
 * @throws ServiceError `conflict` while the first is under way, `invalid` for the key of another request; and what `work` throws
 */
export async function once(
  services: Services,
  scope: DistrictScope,
  { clientId, key, request }: KeyedRequest,
  work: () => Promise<KeptAnswer>,
): Promise<KeptAnswer & { readonly isRepeated: boolean }> {
  const requestHash = createHash("sha256").update(request).digest("base64url");
  const context = { integrationId: clientId, field: `answer ${key}` };
  const known = await withDistrict(services.db, scope, async (tx) => {
    const taken = await tx.sql`
      insert into api_answers as a (district_id, client_id, key, request_hash, created_at)
      values (${tx.districtId}, ${clientId}, ${key}, ${requestHash}, now())
      on conflict (district_id, client_id, key) do update
        set request_hash = excluded.request_hash, created_at = excluded.created_at, status = null, sealed_answer = null
        where excluded.created_at - a.created_at > make_interval(hours => ${keptHours})
          or a.status is null and a.request_hash = excluded.request_hash and excluded.created_at - a.created_at > make_interval(secs => ${givenUpSeconds})
      returning key`;
    if (taken.length > 0) return null;
    const [row] = await tx.sql<{ requestHash: string; status: number | null; answer: string | null }[]>`
      select request_hash as "requestHash", status, sealed_answer as answer from api_answers
      where district_id = ${tx.districtId} and client_id = ${clientId} and key = ${key}`;
    return row ?? { requestHash, status: null, answer: null };
  });
  if (known !== null) {
    if (known.requestHash !== requestHash)
      throw new ServiceError("invalid", "This Idempotency-Key was used with another request. Use a new key for each request.");
    if (known.status === null || known.answer === null)
      throw new ServiceError("conflict", "The first request with this Idempotency-Key is still under way. Ask again in a moment.");
    return { status: known.status, body: opened(services, context, known.answer), isRepeated: true };
  }
  const isRow = { districtId: scope.districtId, clientId, key };
  try {
    const answer = await work();
    if (answer.status >= 400) await forget(services, scope, isRow);
    else
      await withDistrict(
        services.db,
        scope,
        (tx) => tx.sql`
          update api_answers set status = ${answer.status}, sealed_answer = ${seal(services.keyring, context, answer.body)}
          where district_id = ${tx.districtId} and client_id = ${clientId} and key = ${key}`,
      );
    return { ...answer, isRepeated: false };
  } catch (error) {
    await forget(services, scope, isRow);
    throw error;
  }
}

/** @throws ServiceError `conflict` where the key that sealed it was taken out meanwhile */
function opened({ keyring }: Services, context: SealContext, answer: string): string {
  try {
    return unseal(keyring, context, answer);
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    throw new ServiceError("conflict", "It was done, and the answer can no longer be opened. Look at what is there, and use a new key.");
  }
}

async function forget(services: Services, scope: DistrictScope, { clientId, key }: { clientId: string; key: string }): Promise<void> {
  await withDistrict(
    services.db,
    scope,
    (tx) => tx.sql`delete from api_answers where district_id = ${tx.districtId} and client_id = ${clientId} and key = ${key}`,
  );
}

/** For the retention job: answers whose day is over. */
export async function forgetOldAnswers({ db }: Pick<Services, "db">): Promise<void> {
  await db.sql`delete from api_answers where created_at < now() - make_interval(hours => ${keptHours})`;
}
