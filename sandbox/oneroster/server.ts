import type { LiveDistrict } from "#sandbox/district/live.ts";
import { type Fault, FaultBoard, type Faults } from "#sandbox/http/faults.ts";
import { OAuth1, type SignatureMethod } from "#sandbox/http/oauth1.ts";
import type { RateLimit } from "#sandbox/http/rate.ts";
import { type HttpServer, type Reply, type Request, type SeenRequest, startHttp } from "#sandbox/http/server.ts";
import { answer, notThere } from "./answer.ts";
import { asked } from "./endpoints.ts";
import { envelope, refused } from "./envelope.ts";
import { guidIds } from "./ids.ts";
import type { PageRules } from "./question.ts";
import type { Dialect } from "./records.ts";
import { Tokens } from "./tokens.ts";

export interface OneRosterServerOptions {
  readonly district: LiveDistrict;
  readonly port?: number;
  /** Shared with other servers, or this one's own. */
  readonly faults?: FaultBoard | readonly Fault[];
  /** Which ways of signing in this vendor has. */
  readonly authentication?: "oauth2" | "oauth1" | "both";
  readonly signatureMethods?: readonly SignatureMethod[];
  readonly clientAuthentication?: "basic" | "body" | "both";
  /** Last words of the scopes that the client may have. */
  readonly scopes?: readonly string[];
  readonly tokenSeconds?: number;
  /** Where tokens are given, below the server's address. */
  readonly tokenPath?: string;
  readonly rateLimit?: RateLimit;
  readonly maxLimit?: number;
  readonly aboveLimit?: PageRules["aboveLimit"];
  readonly keepsTombstones?: boolean;
  readonly credentials?: ClientCredentials;
  readonly quirks?: Quirks;
}

/** What real vendors do otherwise than the standard says. */
export interface Quirks {
  readonly textBooleans?: boolean;
  readonly nullLists?: boolean;
  readonly saysInactive?: boolean;
  readonly pastEnd?: "empty" | 404 | 204;
  readonly wrapsByPath?: boolean;
  readonly hasNoLinks?: boolean;
  /** 403, not 401, for a bad token. */
  readonly forbidsBadTokens?: boolean;
}

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What can be done to a running server from outside. */
export interface ServerControl {
  readonly faults: FaultBoard;
  requests(): readonly SeenRequest[];
}

export interface OneRosterServer {
  /** The base URL an admin would type. */
  readonly url: string;
  readonly tokenUrl: string;
  readonly credentials: ClientCredentials;
  readonly control: ServerControl;
  close(): Promise<void>;
}

export const oneRosterRoot = "/ims/oneroster/v1p1";

/** A student information system's OneRoster 1.1 REST server, on the loopback address. Named `oneroster-rest` for faults. */
export async function startOneRosterServer(options: OneRosterServerOptions): Promise<OneRosterServer> {
  const live = options.district;
  const { authentication = "both", tokenPath = "/oauth/token", quirks = {} } = options;
  // A secret with signs that must be encoded in a header, in a form and in a signature's key.
  const credentials = options.credentials ?? { clientId: "aivo-client", clientSecret: "s&1/+=cret" };
  const faults = options.faults instanceof FaultBoard ? options.faults : new FaultBoard(options.faults);
  const tokens = new Tokens({
    ...credentials,
    clientAuthentication: options.clientAuthentication ?? "both",
    scopes: options.scopes ?? ["roster-core.readonly", "roster.readonly", "roster-demographics.readonly"],
    tokenSeconds: options.tokenSeconds ?? 3600,
    now: live.now,
  });
  const oauth1 = new OAuth1({
    consumerKey: credentials.clientId,
    consumerSecret: credentials.clientSecret,
    methods: options.signatureMethods ?? ["HMAC-SHA1", "HMAC-SHA256"],
    now: live.now,
  });
  const rules: PageRules = {
    defaultLimit: 100,
    maxLimit: options.maxLimit ?? 10_000,
    aboveLimit: options.aboveLimit ?? "refuse",
    totalHeader: "X-Total-Count",
    hasLinks: !quirks.hasNoLinks,
    ...(quirks.pastEnd !== undefined && { pastEnd: quirks.pastEnd }),
    ...(quirks.wrapsByPath && { wrapsByPath: true }),
    keepsTombstones: options.keepsTombstones ?? true,
  };

  let spoken: Dialect | null = null;
  /** One for the address that clients use; it remembers what it wrote before. */
  function dialectFor(hrefBase: string): Dialect {
    if (spoken?.hrefBase !== hrefBase)
      spoken = {
        ids: guidIds,
        textBooleans: quirks.textBooleans ?? false,
        nullLists: quirks.nullLists ?? false,
        saysInactive: quirks.saysInactive ?? false,
        hrefBase,
        stampOf: (day) => live.stampOf(day),
      };
    return spoken;
  }

  /** The scopes of whoever asks, or the refusal. A signed request may read everything. */
  function permitted(request: Request, met: Faults): readonly string[] | Reply {
    if (met.has("token-expired")) tokens.expire();
    if (met.has("revoked")) return refused(401, "unauthorized", "The authorization has been withdrawn");
    const authorization = request.headers.authorization ?? "";
    const bearer = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    if (bearer !== undefined && authentication !== "oauth1") {
      return (
        tokens.scopesOf(bearer) ??
        refused(quirks.forbidsBadTokens ? 403 : 401, "unauthorized", "The access token is not valid or has expired")
      );
    }
    if (/^OAuth /i.test(authorization) && authentication !== "oauth2") {
      const refusal = oauth1.refusal(request, authorization);
      return refusal === null
        ? ["roster-core.readonly", "roster.readonly", "roster-demographics.readonly"]
        : refused(401, "unauthorized", refusal);
    }
    return refused(401, "unauthorized", "Sign in first");
  }

  function handle(request: Request, met: Faults): Reply {
    if (request.path === tokenPath && authentication !== "oauth1") return tokens.give(request, met);
    const segments = segmentsBelow(request.path, oneRosterRoot);
    if (!segments) return { status: 404, body: "<html><body><h1>404 Not Found</h1></body></html>" };
    const scopes = permitted(request, met);
    if ("status" in scopes) return scopes;
    if (request.method !== "GET") return refused(405, "invalid data", "Rostering is read-only");
    const question = asked(live.today, guidIds, segments);
    if (!question) return notThere();
    if (!scopes.includes(question.scope)) return refused(403, "forbidden", `The token lacks the scope ${question.scope}`);
    const dialect = dialectFor(`${request.origin}${oneRosterRoot}`);
    return answer({ live, dialect, rules, asked: question, query: request.query, url: `${request.origin}${request.path}`, faults: met });
  }

  const server: HttpServer = await startHttp({
    name: "oneroster-rest",
    ...(options.port !== undefined && { port: options.port }),
    now: live.now,
    faults,
    rateLimit: options.rateLimit ?? { requests: 3_000, windowSeconds: 60 },
    answer: handle,
    endpointOf: (path) => (path === tokenPath ? "token" : endpointOf(path, oneRosterRoot)),
    errorBody: (status, message) => envelope(status === 429 ? "server_busy" : "internal_server_error", message),
  });
  return {
    url: server.url,
    tokenUrl: `${server.url}${tokenPath}`,
    credentials,
    control: { faults, requests: server.requests },
    close: server.close,
  };
}

/** The decoded words of a path below the root; null where it is another path. */
export function segmentsBelow(path: string, root: string): string[] | null {
  if (!path.startsWith(`${root}/`)) return null;
  try {
    return path
      .slice(root.length + 1)
      .split("/")
      .map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** The collection that a path asks for: the last word that is a name, not an id. */
export function endpointOf(path: string, root: string): string {
  const words = path.slice(path.indexOf(root) + root.length + 1).split("/");
  return (words.length % 2 === 0 ? words.at(-2) : words.at(-1)) ?? "";
}
