import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { startClassLinkServers } from "#sandbox/classlink/server.ts";
import { startCleverServer } from "#sandbox/clever/server.ts";
import { VersionCalendar } from "#sandbox/district/habits.ts";
import { openDistrict } from "#sandbox/district/live.ts";
import type { Fault } from "#sandbox/http/faults.ts";
import { startOneRosterServer } from "#sandbox/oneroster/server.ts";
import type { DistrictServerOptions, HttpProvider, Listening, Order, Seen, SeenByServer } from "./district-server.ts";

/**
 * A process that serves the district in its argument by one protocol. A month into the school year, so that some records are
 * withdrawn already; each day so far came at its own time, the last of them yesterday.
 */
const { provider, users, seed, name, latency, version } = JSON.parse(process.argv[2] ?? "{}") as DistrictServerOptions;
const daysSoFar = 20;
const moments = Array.from({ length: daysSoFar + 1 }, (_, day) => new Date(Date.now() - (daysSoFar + 1 - day) * 86_400_000).toISOString());
const district = openDistrict({ users, seed, name, day: daysSoFar, moments });
/** What a vendor allows in a minute is not what is measured. */
const rateLimit = { requests: Number.MAX_SAFE_INTEGER, windowSeconds: 60 };
const faults: Fault[] = latency === 0 ? [] : [{ kind: "slow", delayMs: latency }];

const starts: Record<HttpProvider, () => Promise<Listening>> = {
  "oneroster-rest": async () => {
    const { url, credentials } = await startOneRosterServer({
      ...{ district, rateLimit, faults },
      ...(version === undefined ? {} : { versions: new VersionCalendar(version) }),
    });
    return { credentials: { baseUrl: url, ...credentials }, variables: trusting(url) };
  },
  classlink: async () => {
    const { proxy } = await startClassLinkServers({ district, rateLimit, faults });
    const { partnerKey, tenantId } = proxy.credentials;
    const credentials = { clientId: "aivo", clientSecret: partnerKey, tenantId };
    return { credentials, variables: { ...trusting(proxy.url), CLASSLINK_PROXY_URL: proxy.url } };
  },
  clever: async () => {
    const { apiUrl, authUrl, credentials } = await startCleverServer({ district, rateLimit, faults });
    return { credentials, variables: { ...trusting(apiUrl, authUrl), CLEVER_API_URL: apiUrl, CLEVER_AUTH_URL: authUrl } };
  },
};

let requests: SeenByServer[] = [];
subscribe("http.server.request.start", (event) => {
  const { method = "", url = "", headers } = (event as { request: IncomingMessage }).request;
  requests.push({ method, path: url, host: headers.host ?? "", authorization: headers.authorization ?? "" });
});
let usedBefore = process.cpuUsage();

const orders: Record<Order, () => Seen | "done"> = {
  "take seen": () => {
    const { user, system } = process.cpuUsage(usedBefore);
    const seen = { requests, cpuSeconds: Math.round((user + system) / 1000) / 1000 };
    usedBefore = process.cpuUsage();
    requests = [];
    return seen;
  },
  advance: () => {
    district.advance();
    return "done";
  },
};
process.on("message", (order: Order) => process.send?.(orders[order]()));
process.once("disconnect", () => process.exit(0));
process.send?.(await starts[provider]());

function trusting(...urls: string[]) {
  return { AIVO_TRUSTED_SIS_ORIGINS: urls.map((url) => new URL(url).origin).join(",") };
}
