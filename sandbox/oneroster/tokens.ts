import { randomBytes } from "node:crypto";
import type { Faults } from "#sandbox/http/faults.ts";
import { parameter, parseQuery } from "#sandbox/http/query.ts";
import type { Reply, Request } from "#sandbox/http/server.ts";

export const scopePrefix = "https://purl.imsglobal.org/spec/or/v1p1/scope/";
export const scopePrefix12 = "https://purl.imsglobal.org/spec/or/v1p2/scope/";

export interface TokenRules {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the client's secret is looked for. */
  readonly clientAuthentication: "basic" | "body" | "both";
  /** Last words of the scopes this client may have. */
  readonly scopes: readonly string[];
  /** The version's; its last word alone is taken in 1.1. */
  readonly scopePrefix?: string;
  /** What the address of tokens has to carry. */
  readonly query?: string;
  readonly tokenSeconds: number;
  readonly now: () => Date;
}

interface Given {
  readonly expires: number;
  readonly scopes: readonly string[];
}

/** OAuth 2.0 client credentials: gives tokens, and knows its own. */
export class Tokens {
  readonly #rules: TokenRules;
  readonly #given = new Map<string, Given>();

  constructor(rules: TokenRules) {
    this.#rules = rules;
  }

  give(request: Request, faults: Faults): Reply {
    if (faults.has("revoked")) return error(401, "invalid_client", "This client has been removed");
    if (request.method !== "POST") return error(405, "invalid_request", "Tokens are given by POST");
    const wanted = parseQuery(this.#rules.query ?? "") ?? [];
    if (wanted.some(([name, value]) => parameter(request.query, name) !== value))
      return error(400, "invalid_request", "The address of tokens lacks a part");
    if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers["content-type"] ?? ""))
      return error(400, "invalid_request", "Send a form");
    const form = parseQuery(request.body) ?? [];
    if (!this.#isClient(request.headers.authorization, parameter(form, "client_id"), parameter(form, "client_secret"))) {
      return {
        ...error(401, "invalid_client", "Client authentication failed"),
        headers: { "www-authenticate": 'Basic realm="oneroster"' },
      };
    }
    if (parameter(form, "grant_type") !== "client_credentials") return error(400, "unsupported_grant_type", "Only client_credentials");
    const asked = (parameter(form, "scope") ?? "").split(" ").filter((scope) => scope !== "");
    if (asked.length === 0) return error(400, "invalid_scope", "A scope is needed");
    const { scopePrefix: prefix = scopePrefix } = this.#rules;
    const scopes = asked.map((scope) => {
      if (scope.startsWith(prefix)) return scope.slice(prefix.length);
      return prefix === scopePrefix12 ? "" : scope;
    });
    if (scopes.some((scope) => !this.#rules.scopes.includes(scope)))
      return error(400, "invalid_scope", "A scope is not allowed for this client");
    const token = randomBytes(24).toString("base64url");
    this.#given.set(token, { expires: this.#rules.now().getTime() + this.#rules.tokenSeconds * 1000, scopes });
    return {
      status: 200,
      body: { access_token: token, token_type: "bearer", expires_in: this.#rules.tokenSeconds, scope: asked.join(" ") },
    };
  }

  /** What the token opens, or null for one that is expired, foreign or made up. */
  scopesOf(token: string): readonly string[] | null {
    const given = this.#given.get(token);
    return given && given.expires > this.#rules.now().getTime() ? given.scopes : null;
  }

  /** Every token given so far is worth nothing from now on. */
  expire(): void {
    this.#given.clear();
  }

  #isClient(header: string | undefined, formId: string | undefined, formSecret: string | undefined): boolean {
    const { clientId, clientSecret, clientAuthentication } = this.#rules;
    const basic = /^Basic\s+(\S+)$/i.exec(header ?? "")?.[1];
    if (basic !== undefined) {
      if (clientAuthentication === "body") return false;
      const text = Buffer.from(basic, "base64").toString("utf8");
      const colon = text.indexOf(":");
      return unform(text.slice(0, colon)) === clientId && unform(text.slice(colon + 1)) === clientSecret;
    }
    return clientAuthentication !== "basic" && formId === clientId && formSecret === clientSecret;
  }
}

/** The parts of Basic credentials are form-encoded first (RFC 6749, 2.3.1). */
function unform(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null;
  }
}

function error(status: number, code: string, description: string): Reply {
  return { status, body: { error: code, error_description: description } };
}
