import { createHash, randomBytes } from "node:crypto";
import type { Faults } from "#sandbox/http/faults.ts";
import { html, page } from "#sandbox/http/html.ts";
import { parameter, parseQuery, type Query } from "#sandbox/http/query.ts";
import type { Reply, Request } from "#sandbox/http/server.ts";

export interface AuthorizationRules {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Exactly these, as Clever has it; one that ends in a slash stands for all below it, which Clever does not have. The list may grow. */
  readonly redirectUris: string[];
  readonly districtId: () => string;
  readonly districtName: string;
  readonly now: () => Date;
}

interface Code {
  readonly redirectUri: string;
  readonly expires: number;
}

const codeSeconds = 60;
const scopes = ["read:sis", "read:district_admins", "read:school_admins", "read:user_id"];

/** Clever's sign-in: the page where the district's admin agrees, one-use codes, and the tokens. */
export class Authorization {
  readonly #rules: AuthorizationRules;
  readonly #codes = new Map<string, Code>();
  readonly #userTokens = new Set<string>();
  #token: string;
  #created: Date;
  #isAuthorized: boolean;

  constructor(rules: AuthorizationRules, token: string, isAuthorized: boolean) {
    this.#rules = rules;
    this.#token = token;
    this.#created = rules.now();
    this.#isAuthorized = isAuthorized;
  }

  /** The district's token, null while the district does not share with the application. */
  get districtToken(): string | null {
    return this.#isAuthorized ? this.#token : null;
  }

  authorize(): void {
    if (!this.#isAuthorized) this.rotate();
    this.#isAuthorized = true;
  }

  /** What a district's admin does who removes the application. */
  withdraw(): void {
    this.#isAuthorized = false;
    this.#userTokens.clear();
  }

  /** Another token from now on; the one before is worth nothing. */
  rotate(): void {
    this.#token = randomBytes(20).toString("hex");
    this.#created = this.#rules.now();
  }

  isUserToken(token: string): boolean {
    return this.#userTokens.has(token);
  }

  answer(request: Request, faults: Faults): Reply {
    if (faults.has("token-expired")) this.rotate();
    if (faults.has("revoked")) this.withdraw();
    if (request.path === "/oauth/authorize") return request.method === "POST" ? this.#decide(request) : this.#ask(request.query);
    if (request.path !== "/oauth/tokens") return { status: 404, body: "<html><body><h1>Not found</h1></body></html>" };
    if (!this.#isClient(request.headers.authorization)) return refused(401, "invalid_client", "Client authentication failed");
    return request.method === "POST" ? this.#exchange(request) : this.#tokens(request.query);
  }

  #ask(query: Query): Reply {
    const wrong = this.#wrongWith(query);
    if (wrong !== null) return { status: 400, body: page("Clever (sandbox)", `<h1>This link does not work</h1><p>${html(wrong)}</p>`) };
    const kept = query.map(([name, value]) => `<input type="hidden" name="${html(name)}" value="${html(value)}">`).join("");
    return {
      status: 200,
      body: page(
        "Authorize Aivo · Clever (sandbox)",
        `<p class="quiet">Clever (sandbox)</p><h1>Authorize Aivo</h1>
         <p>Aivo asks to read the roster of <strong>${html(this.#rules.districtName)}</strong>: schools, terms, courses, sections, teachers and students.</p>
         <form method="post" action="/oauth/authorize">${kept}
         <button class="main" name="decision" value="authorize">Authorize</button> <button name="decision" value="cancel">Cancel</button></form>`,
      ),
    };
  }

  #wrongWith(query: Query): string | null {
    if (parameter(query, "client_id") !== this.#rules.clientId) return "The application is not known.";
    if (!this.#isRedirectUri(parameter(query, "redirect_uri") ?? "")) return "The redirect URI is not one of the application's.";
    if (parameter(query, "response_type") !== "code") return "The response type must be code.";
    const district = parameter(query, "district_id");
    return district === undefined || district === this.#rules.districtId() ? null : "The district is not known.";
  }

  #isRedirectUri(uri: string): boolean {
    return this.#rules.redirectUris.some((known) => uri === known || (known.endsWith("/") && uri.startsWith(known)));
  }

  #decide(request: Request): Reply {
    const form = parseQuery(request.body) ?? [];
    const wrong = this.#wrongWith(form);
    if (wrong !== null) return { status: 400, body: page("Clever (sandbox)", `<h1>This link does not work</h1><p>${html(wrong)}</p>`) };
    const redirectUri = parameter(form, "redirect_uri") ?? "";
    const state = parameter(form, "state");
    const back = new URL(redirectUri);
    if (parameter(form, "decision") === "authorize") {
      this.authorize();
      const code = randomBytes(16).toString("hex");
      this.#codes.set(digest(code), { redirectUri, expires: this.#rules.now().getTime() + codeSeconds * 1000 });
      back.searchParams.set("code", code);
    } else back.searchParams.set("error", "access_denied");
    if (state !== undefined) back.searchParams.set("state", state);
    return { status: 303, headers: { location: back.href }, body: "" };
  }

  #exchange(request: Request): Reply {
    const form = formOf(request);
    if (form.grant_type !== "authorization_code") return refused(400, "unsupported_grant_type", "Only authorization_code");
    const key = digest(String(form.code));
    const code = this.#codes.get(key);
    // Whoever comes with a code has used it, right or wrong.
    this.#codes.delete(key);
    if (!code || code.expires < this.#rules.now().getTime() || code.redirectUri !== form.redirect_uri)
      return refused(400, "invalid_grant", "invalid grant: invalid code");
    const token = randomBytes(20).toString("hex");
    this.#userTokens.add(token);
    return { status: 200, body: { access_token: token, token_type: "bearer" } };
  }

  #tokens(query: Query): Reply {
    const ownerType = parameter(query, "owner_type");
    if (ownerType !== "district") return refused(400, "invalid_request", "owner_type must be district");
    const district = parameter(query, "district");
    const isListed = this.#isAuthorized && (district === undefined || district === this.#rules.districtId());
    const id = digest(this.#token).slice(0, 24);
    const owner = { type: "district", id: this.#rules.districtId() };
    const data = isListed ? [{ id, created: this.#created.toISOString(), owner, access_token: this.#token, scopes }] : [];
    return { status: 200, body: { data, links: [{ rel: "self", uri: "/oauth/tokens?owner_type=district" }] } };
  }

  #isClient(header: string | undefined): boolean {
    const basic = /^Basic\s+(\S+)$/i.exec(header ?? "")?.[1];
    return basic !== undefined && Buffer.from(basic, "base64").toString("utf8") === `${this.#rules.clientId}:${this.#rules.clientSecret}`;
  }
}

/** A form or JSON, as the content type says. */
function formOf(request: Request): Readonly<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) return Object.fromEntries(parseQuery(request.body) ?? []);
  try {
    const body: unknown = JSON.parse(request.body);
    return typeof body === "object" && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

function refused(status: number, error: string, description: string): Reply {
  return { status, body: { error, error_description: description } };
}
