/** The district's token: given, or asked for with the application's own credentials. Nothing here ever says a token. */

import type { ProviderHosts } from "#lib/engine/sis/hosts.ts";
import { type Explanation, type HttpAnswer, type HttpClient, invalidAnswer } from "#lib/engine/sis/http.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { CleverCredentials } from "./credentials.ts";
import { readTokens, type Token } from "./wire.ts";

export interface TokenRequest {
  readonly http: HttpClient;
  readonly hosts: ProviderHosts;
  readonly credentials: Pick<CleverCredentials, "clientId" | "clientSecret" | "districtId">;
}

const maxPages = 100;

/**
 * The newest token of the district in Clever's list; null where Clever has none, because nobody has authorized Aivo yet or somebody
 * has withdrawn it. @throws RunFailure `sign-in` for the application's credentials, and all of the connection's; RunCancelled
 */
export async function findDistrictToken({ http, hosts, credentials }: TokenRequest): Promise<string | null> {
  const origin = new URL(hosts.cleverAuthUrl).origin;
  const found: Token[] = [];
  const seen = new Set<string>();
  let next: string | null = `/oauth/tokens?owner_type=district&district=${encodeURIComponent(credentials.districtId)}`;
  while (next !== null && !seen.has(next) && seen.size < maxPages) {
    seen.add(next);
    const answer = await http.json({
      url: new URL(next, origin),
      step: "sign in",
      ...(seen.size > 1 ? { page: seen.size } : {}),
      authorization: () => basic(credentials),
      explain: explainRefusal,
    });
    const page = readTokens(answer);
    found.push(...page.tokens.filter(({ owner }) => owner.type === "district" && owner.id.toLowerCase() === credentials.districtId));
    next = page.next;
    // The token could be on a page that is not read; and the application's secret goes nowhere else.
    if (next !== null && URL.parse(next, origin)?.origin !== origin)
      throw invalidAnswer(answer.place, answer.status, "with a next page at another place, which Aivo does not follow");
  }
  // While a token is being exchanged for another, Clever lists both.
  const [newest] = found.sort((a, b) => (b.created ?? "").localeCompare(a.created ?? ""));
  return newest?.access_token ?? null;
}

export function basic({ clientId, clientSecret }: Pick<CleverCredentials, "clientId" | "clientSecret">): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`, "utf8").toString("base64")}`;
}

export function explainRefusal(answer: HttpAnswer): Explanation | null {
  if (answer.status !== 401 && answer.status !== 403) return null;
  return {
    code: "sign-in",
    because: "Clever does not accept the application's client ID and secret.",
    remedy: "Copy Client ID and Client secret again from Clever's dashboard (Settings → API), then test the connection.",
  };
}

/** Who may read the district's data. One object per run, so that a token is renewed once however many requests were refused. */
export class DistrictTokens {
  readonly #request: TokenRequest;
  readonly #kept: string | null;
  #token: string;
  #renewing: Promise<boolean> | null = null;
  #isRenewed = false;
  /** For the admin. */
  #origin: string;

  private constructor(request: TokenRequest, found: { readonly token: string; readonly kept: string | null; readonly origin: string }) {
    this.#request = request;
    this.#kept = found.kept;
    this.#token = found.token;
    this.#origin = found.origin;
  }

  /** @throws RunFailure `authorization-expired` where there is no token; as findDistrictToken */
  static async open(request: TokenRequest & { readonly credentials: CleverCredentials }): Promise<DistrictTokens> {
    const given = request.credentials.accessToken;
    if (given !== undefined)
      return new DistrictTokens(request, { token: given, kept: given, origin: "the token kept with the integration" });
    const listed = await findDistrictToken(request);
    if (listed === null) throw notAuthorized(request.credentials.districtId);
    return new DistrictTokens(request, { token: listed, kept: null, origin: "the district's token from Clever" });
  }

  describe(): string {
    return this.#origin;
  }

  /** The token to be kept from now on; null where the one that is kept is still good, or none is kept. */
  renewed(): string | null {
    return this.#kept === null || this.#kept === this.#token ? null : this.#token;
  }

  authorization(): string {
    return `Bearer ${this.#token}`;
  }

  /** Another token, once: true if a request that was refused is worth one more try. */
  async onUnauthorized(used: string): Promise<boolean> {
    if (used !== this.authorization()) return true;
    if (this.#isRenewed && this.#renewing === null) return false;
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renew(): Promise<boolean> {
    this.#isRenewed = true;
    const listed = await findDistrictToken(this.#request);
    if (listed === null) throw notAuthorized(this.#request.credentials.districtId);
    if (listed === this.#token) return false;
    this.#token = listed;
    this.#origin = "the district's token from Clever, which has replaced the one before";
    return true;
  }
}

const reconnect =
  "Open the integration in Aivo and choose Reconnect (or Authorize with Clever); a district admin of Clever completes it there. Nobody is deactivated meanwhile, and the links to Clever's records stay.";

function notAuthorized(districtId: string): RunFailure {
  return new RunFailure({
    code: "authorization-expired",
    step: "sign in",
    message: `Clever has no authorization for Aivo to read district ${districtId}: it was not given yet, or has been withdrawn. Nothing was changed.`,
    remedy: reconnect,
  });
}

export const tokenRefused: Explanation = {
  code: "authorization-expired",
  because: "Clever does not accept the district's token any more, and has no other one. Nothing was changed.",
  remedy: reconnect,
};
