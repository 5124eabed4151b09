import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { guardedAgents } from "#lib/engine/sis/http/connect.ts";
import { unseal } from "#lib/platform/crypto/keyring.ts";
import type { Env } from "#lib/platform/env.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { Tried } from "#lib/services/notices/deliver.ts";
import type { Loaded } from "#lib/services/notices/load.ts";
import type { Services } from "#lib/services/services.ts";
import { payloadOf } from "./payload.ts";
import { signedHeaders } from "./sign.ts";

const connectMs = 10_000;
/** From the first byte sent to the end of the answer. */
const patienceMs = 20_000;

/**
 * Posts a notice to its endpoint, signed, over https and to no address that is not public, unless the operator trusts it; each connection
 * is judged anew. A redirect is not followed, and of the answer nothing but its status is looked at. Never throws.
 */
export async function sendWebhook(services: Pick<Services, "env" | "keyring">, loaded: Loaded): Promise<Tried> {
  if (loaded.url === null || loaded.secrets === null) return { isSent: false, answer: "the endpoint was removed", isFinal: true };
  try {
    const body = JSON.stringify(payloadOf(services.env, loaded));
    const signed = { id: `msg_${loaded.noticeId}`, timestamp: loaded.nowSeconds, body };
    const status = await post(services.env, loaded.url, body, signedHeaders(signed, secretsOf(services, loaded)));
    const answer = `HTTP ${status}`;
    // Gone: whoever answers so wants no more of them.
    return status >= 200 && status < 300 ? { isSent: true, answer } : { isSent: false, answer, isFinal: status === 410 };
  } catch (error) {
    return { isSent: false, answer: wordOf(error), isFinal: false };
  }
}

function secretsOf({ keyring }: Pick<Services, "keyring">, { recipientId, secrets, isPreviousGood }: Loaded): string[] {
  const open = (field: "current" | "previous", sealed: string) => unseal(keyring, { integrationId: recipientId, field }, sealed);
  if (secrets === null) return [];
  const previous = isPreviousGood && secrets.previous !== undefined ? [open("previous", secrets.previous)] : [];
  return [open("current", secrets.current), ...previous];
}

async function post(env: Env, address: string, body: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const url = new URL(address);
  const over = AbortSignal.timeout(connectMs + patienceMs);
  const options = { trustedOrigins: env.trustedOrigins, signal: over, connectTimeoutMs: connectMs };
  const agents = guardedAgents(options, 1, () => {});
  try {
    return await new Promise<number>((resolve, reject) => {
      const request = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, {
        method: "POST",
        agent: agents.agentFor(url),
        signal: over,
        maxHeaderSize: 32 * 1024,
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "Aivo-Webhooks/1",
        },
      });
      request.on("error", reject);
      request.once("response", (answer) => {
        answer.on("error", () => {});
        resolve(answer.statusCode ?? 0);
        // What it says besides is nobody's.
        answer.destroy();
      });
      request.end(body);
    });
  } finally {
    agents.close();
  }
}

/** A code that says where to look, and quotes nobody. */
function wordOf(error: unknown): string {
  if (error instanceof RunFailure) return error.code;
  if (error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError")) return "timeout";
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "failed";
}
