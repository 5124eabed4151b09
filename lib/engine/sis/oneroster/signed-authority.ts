import type { Explanation, HttpAnswer } from "#lib/engine/sis/http.ts";
import type { Authority } from "./api.ts";
import { freshNonce, type SignatureMethod, signatureMethods, signRequest } from "./oauth1.ts";

export interface SignedAuthority extends Authority {
  /** The method that the server takes; null until it has taken one. */
  method(): SignatureMethod;
}

export interface SigningCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What worked the last time. */
  readonly method: SignatureMethod | null;
  readonly now: () => Date;
}

const clockToleranceMs = 3 * 60_000;

/** Signs each request. Which of the two hashes the server wants is found out: SHA256, and at a 401 SHA1. */
export function signedAuthority({ clientId, clientSecret, method: known, now }: SigningCredentials): SignedAuthority {
  let method: SignatureMethod = known ?? signatureMethods[0];
  /** Refused ones; when both were, the credentials are wrong. */
  const refused = new Set<SignatureMethod>();
  const methodOf = (header: string): SignatureMethod => (header.includes('"HMAC-SHA1"') ? "HMAC-SHA1" : "HMAC-SHA256");
  return {
    method: () => method,
    describe: () => `OAuth 1.0a, each request signed with ${method}`,
    authorization: (httpMethod, url) =>
      signRequest(httpMethod, url, {
        consumerKey: clientId,
        consumerSecret: clientSecret,
        method,
        nonce: freshNonce(),
        timestamp: Math.floor(now().getTime() / 1000),
      }),
    onUnauthorized: async (used) => {
      const usedMethod = methodOf(used);
      refused.add(usedMethod);
      // Another request under way may have switched already.
      if (usedMethod !== method) return true;
      const other = signatureMethods.find((candidate) => !refused.has(candidate));
      if (other === undefined) return false;
      method = other;
      return true;
    },
    refused: (answer) => refusedSignature(answer, now()),
  };
}

function refusedSignature(answer: HttpAnswer, now: Date): Explanation {
  const offMs = answer.date === null ? 0 : answer.date.getTime() - now.getTime();
  if (Math.abs(offMs) > clockToleranceMs) {
    return {
      code: "sign-in",
      because: `The signature was refused; the server's clock is ${Math.round(Math.abs(offMs) / 60_000)} minutes ${offMs > 0 ? "ahead of" : "behind"} Aivo's, and signatures hold for a few minutes only.`,
      remedy: "Ask whoever runs the server to set its clock. If it is right, tell Aivo's operator.",
    };
  }
  return {
    code: "sign-in",
    because: "The signature was refused with HMAC-SHA256 and HMAC-SHA1: the client ID or the client secret is not right.",
    remedy: "Enter client ID and client secret again as the SIS shows them, without spaces, then test the connection.",
  };
}
