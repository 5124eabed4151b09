import { edFi, type Habits, type Version, VersionCalendar } from "#sandbox/district/habits.ts";
import type { LiveDistrict } from "#sandbox/district/live.ts";
import { type Fault, FaultBoard, type Faults } from "#sandbox/http/faults.ts";
import { OAuth1, type SignatureMethod } from "#sandbox/http/oauth1.ts";
import type { RateLimit } from "#sandbox/http/rate.ts";
import { type HttpServer, type Reply, type Request, type SeenRequest, startHttp } from "#sandbox/http/server.ts";
import { answer, notThere } from "./answer.ts";
import type { Dialect } from "./dialect.ts";
import { discovered } from "./discovery.ts";
import { asked } from "./endpoints.ts";
import { type ErrorWords, refused, words11, words12 } from "./envelope.ts";
import { type Ids, versionedIds } from "./ids.ts";
import type { PageRules } from "./question.ts";
import { scopePrefix12, Tokens } from "./tokens.ts";

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
  /** Which version is spoken on which day, or both beside each other; 1.1 unless said otherwise. 1.2 knows no signed requests. */
  readonly versions?: VersionCalendar | "both";
  /** What the vendor does in its own way: with ids in both versions, with all else in 1.2. */
  readonly habits?: Habits;
  /** Before the root: `/campus/api`. */
  readonly folder?: string;
  /** What the address of tokens has to carry: `appName=aivo`. */
  readonly tokenQuery?: string;
  /** Of 1.2's two roster scopes, whether a flat list wants both. */
  readonly wantsBothScopes?: boolean;
  /** What 1.2's discovery says; a token address on another host may stand in it. */
  readonly discovery?: "none" | { readonly tokenUrl?: string };
}

/** What real vendors do otherwise than the standard says. */
export interface Quirks {
  readonly textBooleans?: boolean;
  readonly nullLists?: boolean;
  readonly saysInactive?: boolean;
  readonly pastEnd?: "empty" | 404 | 204;
  readonly wrapsByPath?: boolean;
  readonly hasNoLinks?: boolean;
  readonly hasNoTotal?: boolean;
  /** 1.2: `imsx_codeMinor` with a plain text. */
  readonly hasPlainCodes?: boolean;
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
export const oneRosterRoot12 = "/ims/oneroster/rostering/v1p2";

/** How Ed-Fi's server is set up, beside the habits of its records (`edFi`). */
export const edFiServer = {
  habits: edFi,
  keepsTombstones: false,
  maxLimit: 500,
  aboveLimit: "clamp",
  quirks: { hasNoLinks: true, hasNoTotal: true, hasPlainCodes: true },
} as const satisfies Partial<OneRosterServerOptions>;

/** One version at its root, with what is its own. */
interface Service {
  readonly version: Version;
  readonly root: string;
  readonly ids: Ids;
  readonly habits: Habits;
  readonly words: ErrorWords;
  readonly rules: PageRules;
  readonly tokens: Tokens;
  readonly dialectFor: (hrefBase: string) => Dialect;
}

/** A student information system's OneRoster REST server, on the loopback address. Named `oneroster-rest` for faults. */
export async function startOneRosterServer(options: OneRosterServerOptions): Promise<OneRosterServer> {
  const live = options.district;
  const { authentication = "both", tokenPath = "/oauth/token", quirks = {}, folder = "", versions = new VersionCalendar() } = options;
  // A secret with signs that must be encoded in a header, in a form and in a signature's key.
  const credentials = options.credentials ?? { clientId: "aivo-client", clientSecret: "s&1/+=cret" };
  const faults = options.faults instanceof FaultBoard ? options.faults : new FaultBoard(options.faults);
  const oauth1 = new OAuth1({
    consumerKey: credentials.clientId,
    consumerSecret: credentials.clientSecret,
    methods: options.signatureMethods ?? ["HMAC-SHA1", "HMAC-SHA256"],
    now: live.now,
  });
  const services: Readonly<Record<Version, Service>> = {
    "1.1": service(options, credentials, "1.1"),
    "1.2": service(options, credentials, "1.2"),
  };
  const isSpoken = (version: Version) => versions === "both" || versions.on(live.day) === version;
  const spokenNow = () => (isSpoken("1.2") ? services["1.2"] : services["1.1"]);

  /** The scopes of whoever asks, or the refusal. A signed request may read everything. */
  function permitted({ version, tokens, words }: Service, request: Request, met: Faults): readonly string[] | Reply {
    if (met.has("token-expired")) tokens.expire();
    if (met.has("revoked")) return refused(401, "unauthorized", "The authorization has been withdrawn", words);
    const authorization = request.headers.authorization ?? "";
    const bearer = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    if (bearer !== undefined && (authentication !== "oauth1" || version === "1.2")) {
      const scopes = tokens.scopesOf(bearer);
      if (scopes) return scopes;
      const other = services[version === "1.1" ? "1.2" : "1.1"].tokens;
      if (other.scopesOf(bearer)) return refused(403, "forbidden", "The token's scopes are those of another version", words);
      return refused(quirks.forbidsBadTokens ? 403 : 401, "unauthorized", "The access token is not valid or has expired", words);
    }
    if (/^OAuth /i.test(authorization) && authentication !== "oauth2" && version === "1.1") {
      const refusal = oauth1.refusal(request, authorization);
      return refusal === null
        ? ["roster-core.readonly", "roster.readonly", "roster-demographics.readonly"]
        : refused(401, "unauthorized", refusal, words);
    }
    return refused(401, "unauthorized", "Sign in first", words);
  }

  /** A request for tokens says by its scopes of which version they shall be. */
  function give(request: Request, met: Faults): Reply | null {
    const wants12 = /or(\/|%2F)v1p2(\/|%2F)/i.test(request.body);
    const version = isSpoken(wants12 ? "1.2" : "1.1") ? (wants12 ? "1.2" : "1.1") : spokenNow().version;
    return version === "1.1" && authentication === "oauth1" ? null : services[version].tokens.give(request, met);
  }

  function handle(request: Request, met: Faults): Reply {
    const given = request.path === tokenPath ? give(request, met) : null;
    if (given) return given;
    const spoken = Object.values(services).find(({ version, root }) => isSpoken(version) && segmentsBelow(request.path, root));
    const segments = spoken && segmentsBelow(request.path, spoken.root);
    if (!spoken || !segments) return { status: 404, body: "<html><body><h1>404 Not Found</h1></body></html>" };
    const { version, words, habits, ids, rules } = spoken;
    if (version === "1.2" && segments[0] === "discovery" && options.discovery !== "none") {
      const base = {
        origin: request.origin,
        root: spoken.root,
        tokenUrl: options.discovery?.tokenUrl ?? `${request.origin}${tokenAddress}`,
      };
      return discovered(segments[1] ?? "", base) ?? notThere(words);
    }
    const scopes = permitted(spoken, request, met);
    if ("status" in scopes) return scopes;
    if (request.method !== "GET") return refused(405, "invalid data", "Rostering is read-only", words);
    const question = asked(live.today, ids, segments, version === "1.2" ? habits : {});
    if (!question) return notThere(words);
    const lacking = lackingScope(version, options.wantsBothScopes ?? false, scopes, question.scope);
    if (lacking !== null) return refused(403, "forbidden", `The token lacks the scope ${lacking}`, words);
    const dialect = spoken.dialectFor(`${request.origin}${spoken.root}`);
    return answer({ live, dialect, rules, asked: question, query: request.query, url: `${request.origin}${request.path}`, faults: met });
  }

  const tokenAddress = `${tokenPath}${options.tokenQuery === undefined ? "" : `?${options.tokenQuery}`}`;
  const server: HttpServer = await startHttp({
    name: "oneroster-rest",
    ...(options.port !== undefined && { port: options.port }),
    now: live.now,
    faults,
    rateLimit: options.rateLimit ?? { requests: 3_000, windowSeconds: 60 },
    answer: handle,
    endpointOf: (path) =>
      path === tokenPath ? "token" : endpointOf(path, path.includes(oneRosterRoot12) ? oneRosterRoot12 : oneRosterRoot),
    errorBody: (status, message) => spokenNow().words.envelope(status === 429 ? "server_busy" : "internal_server_error", message),
  });
  return {
    url: `${server.url}${folder}`,
    tokenUrl: `${server.url}${tokenAddress}`,
    credentials,
    control: { faults, requests: server.requests },
    close: server.close,
  };
}

function service(options: OneRosterServerOptions, credentials: ClientCredentials, version: Version): Service {
  const { district: live, quirks = {}, folder = "", habits = {} } = options;
  const is12 = version === "1.2";
  const words = is12 ? words12(quirks.hasPlainCodes ?? false) : words11;
  const ids = versionedIds(version, habits);
  let spoken: Dialect | null = null;
  return {
    version,
    root: `${folder}${is12 ? oneRosterRoot12 : oneRosterRoot}`,
    ids,
    habits,
    words,
    rules: {
      defaultLimit: 100,
      maxLimit: options.maxLimit ?? 10_000,
      aboveLimit: options.aboveLimit ?? "refuse",
      totalHeader: quirks.hasNoTotal ? null : "X-Total-Count",
      hasLinks: !quirks.hasNoLinks,
      ...(quirks.pastEnd !== undefined && { pastEnd: quirks.pastEnd }),
      ...(quirks.wrapsByPath && { wrapsByPath: true }),
      keepsTombstones: options.keepsTombstones ?? true,
      // What lies in roles is not filtered by.
      unfilterable: is12 ? ["roles"] : [],
      words,
    },
    tokens: new Tokens({
      ...credentials,
      clientAuthentication: options.clientAuthentication ?? "both",
      scopes: options.scopes ?? ["roster-core.readonly", "roster.readonly", "roster-demographics.readonly"],
      ...(is12 && { scopePrefix: scopePrefix12 }),
      ...(options.tokenQuery !== undefined && { query: options.tokenQuery }),
      tokenSeconds: options.tokenSeconds ?? 3600,
      now: live.now,
    }),
    /** One for the address that clients use; it remembers what it wrote before. */
    dialectFor: (hrefBase) => {
      if (spoken?.hrefBase !== hrefBase)
        spoken = {
          ids,
          textBooleans: is12 ? !habits.realBooleans : (quirks.textBooleans ?? false),
          nullLists: quirks.nullLists ?? false,
          saysInactive: quirks.saysInactive ?? false,
          hrefBase,
          stampOf: (day) => live.stampOf(day),
          ...(is12 && { as12: habits }),
        };
      return spoken;
    },
  };
}

/** A scope that the token would have to have, or null. 1.2's `roster.readonly` opens all but demographics. */
function lackingScope(version: Version, wantsBoth: boolean, scopes: readonly string[], wanted: string): string | null {
  if (version === "1.1" || wanted !== "roster-core.readonly") return scopes.includes(wanted) ? null : wanted;
  const missing = ["roster-core.readonly", "roster.readonly"].filter((scope) => !scopes.includes(scope));
  return missing.length > (wantsBoth ? 0 : 1) ? (missing[0] ?? null) : null;
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
