import type { LiveDistrict } from "#sandbox/district/live.ts";
import { type Fault, FaultBoard, type Faults } from "#sandbox/http/faults.ts";
import { OAuth1, type SignatureMethod } from "#sandbox/http/oauth1.ts";
import type { RateLimit } from "#sandbox/http/rate.ts";
import { type Reply, type Request, startHttp } from "#sandbox/http/server.ts";
import { answer, notThere } from "#sandbox/oneroster/answer.ts";
import type { Dialect } from "#sandbox/oneroster/dialect.ts";
import { asked } from "#sandbox/oneroster/endpoints.ts";
import { envelope, refused } from "#sandbox/oneroster/envelope.ts";
import { classLinkIds } from "#sandbox/oneroster/ids.ts";
import type { PageRules } from "#sandbox/oneroster/question.ts";
import { type ClientCredentials, endpointOf, oneRosterRoot, type ServerControl, segmentsBelow } from "#sandbox/oneroster/server.ts";
import { Applications, type ProxyCredentials } from "./applications.ts";

export interface ClassLinkServersOptions {
  readonly district: LiveDistrict;
  readonly ports?: { readonly proxy: number; readonly direct: number };
  readonly faults?: FaultBoard | readonly Fault[];
  readonly signatureMethods?: readonly SignatureMethod[];
  readonly rateLimit?: RateLimit;
  /** A page of more is quietly cut. */
  readonly maxLimit?: number;
  readonly keepsTombstones?: boolean;
  readonly proxyCredentials?: ProxyCredentials;
  readonly directCredentials?: ClientCredentials;
}

export interface ClassLinkServers {
  readonly proxy: {
    /** For CLASSLINK_PROXY_URL. */
    readonly url: string;
    readonly credentials: ProxyCredentials;
    /** What a partner's console or a district's admin can do. */
    readonly applications: Applications;
  };
  readonly direct: { readonly url: string; readonly credentials: ClientCredentials };
  readonly control: ServerControl;
  /** Requests to the host that hrefs name; there must never be one. */
  hrefsFollowed(): number;
  close(): Promise<void>;
}

/**
 * ClassLink's two ways in, on the loopback address: the proxy with bearers, and the district's own server with signed requests.
 * Named `classlink` for faults.
 */
export async function startClassLinkServers(options: ClassLinkServersOptions): Promise<ClassLinkServers> {
  const live = options.district;
  const faults = options.faults instanceof FaultBoard ? options.faults : new FaultBoard(options.faults);
  const directCredentials = options.directCredentials ?? { clientId: "district-key", clientSecret: "district-s&cret" };
  const oauth1 = new OAuth1({
    consumerKey: directCredentials.clientId,
    consumerSecret: directCredentials.clientSecret,
    methods: options.signatureMethods ?? ["HMAC-SHA1", "HMAC-SHA256"],
    now: live.now,
  });
  const rules: PageRules = {
    defaultLimit: 100,
    maxLimit: options.maxLimit ?? 10_000,
    aboveLimit: "clamp",
    totalHeader: "x-total-count",
    countHeader: "x-count",
    hasLinks: false,
    keepsTombstones: options.keepsTombstones ?? true,
  };
  const traps = await startHttp({
    name: "href-trap",
    now: live.now,
    faults: new FaultBoard(),
    endpointOf: () => "trap",
    errorBody: (_status, message) => ({ message }),
    answer: () => ({ status: 410, body: { message: "hrefs are not to be followed" } }),
  });
  const dialect: Dialect = {
    ids: classLinkIds,
    textBooleans: true,
    hrefBase: `${traps.url}${oneRosterRoot}`,
    stampOf: (day) => live.stampOf(day),
  };
  const rateLimit = options.rateLimit ?? { requests: 3_000, windowSeconds: 60 };
  const errorBody = (status: number, message: string) => envelope(status === 429 ? "server_busy" : "internal_server_error", message);

  function roster(request: Request, path: string, met: Faults): Reply {
    const segments = segmentsBelow(path, oneRosterRoot);
    const question = segments && asked(live.today, classLinkIds, segments);
    if (!question) return notThere();
    const query = request.query.filter(([name, value]) => name !== "orderBy" || value === "asc" || value === "desc");
    const reply = answer({ live, dialect, rules, asked: question, query, url: request.path, faults: met });
    return {
      ...reply,
      headers: { ...reply.headers, "x-page-generation-time-ms": "3", "x-next-page-token": "", "x-host-name": "undefined" },
    };
  }

  const direct = await startHttp({
    name: "classlink",
    ...(options.ports && { port: options.ports.direct }),
    now: live.now,
    faults,
    rateLimit,
    errorBody,
    endpointOf: (path) => endpointOf(path, oneRosterRoot),
    answer: (request, met) => {
      if (met.has("revoked")) return refused(401, "unauthorized", "The authorization has been withdrawn");
      const refusal = oauth1.refusal(request, request.headers.authorization ?? "");
      return refusal === null ? roster(request, request.path, met) : refused(401, "unauthorized", refusal);
    },
  });
  const applications = new Applications(options.proxyCredentials, live.today.shape.name, { ...directCredentials, endpointUrl: direct.url });
  const proxy = await startHttp({
    name: "classlink",
    ...(options.ports && { port: options.ports.proxy }),
    now: live.now,
    faults,
    rateLimit,
    errorBody,
    endpointOf: (path) => (path.includes(oneRosterRoot) ? endpointOf(path, oneRosterRoot) : "applications"),
    answer: (request, met) => applications.answer(request, met, (path) => roster(request, path, met)),
  });
  return {
    proxy: {
      url: proxy.url,
      get credentials() {
        return applications.credentials;
      },
      applications,
    },
    direct: { url: direct.url, credentials: directCredentials },
    control: {
      faults,
      requests: () => [...proxy.requests(), ...direct.requests()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
    },
    hrefsFollowed: () => traps.requests().length,
    close: async () => {
      await Promise.all([proxy.close(), direct.close(), traps.close()]);
    },
  };
}
