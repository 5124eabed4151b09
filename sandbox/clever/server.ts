import { type District, personKinds } from "#sandbox/district/district.ts";
import type { LiveDistrict } from "#sandbox/district/live.ts";
import { type Fault, FaultBoard, type Faults } from "#sandbox/http/faults.ts";
import type { RateLimit } from "#sandbox/http/rate.ts";
import { type Reply, type Request, startHttp } from "#sandbox/http/server.ts";
import type { ClientCredentials, ServerControl } from "#sandbox/oneroster/server.ts";
import { Authorization } from "./authorization.ts";
import { answer, type DistrictState } from "./data.ts";
import { Events } from "./events.ts";
import { districtId, objectId } from "./ids.ts";
import { failed } from "./lists.ts";
import type { View } from "./objects.ts";

export interface CleverServerOptions {
  readonly district: LiveDistrict;
  readonly ports?: { readonly api: number; readonly auth: number };
  readonly faults?: FaultBoard | readonly Fault[];
  readonly credentials?: ClientCredentials;
  /** The district's token, once it is authorized. */
  readonly accessToken?: string;
  /** False: an admin has to authorize first. */
  readonly isAuthorized?: boolean;
  readonly redirectUris?: readonly string[];
  readonly rateLimit?: RateLimit;
}

export interface CleverServer {
  /** For CLEVER_API_URL. */
  readonly apiUrl: string;
  /** For CLEVER_AUTH_URL. */
  readonly authUrl: string;
  readonly credentials: ClientCredentials & { readonly districtId: string };
  /** What the district's admin and Clever do: authorize, withdraw, rotate, the token of now. */
  readonly authorization: Authorization;
  readonly control: ServerControl & {
    setDistrictState(state: DistrictState): void;
    /** A redirect URI the application has from now on. */
    addRedirectUri(uri: string): void;
  };
  close(): Promise<void>;
}

const versions = ["/v3.0", "/v3.1"];

/** Clever on the loopback address: the API, and on a port of its own the sign-in. Named `clever` for faults. */
export async function startCleverServer(options: CleverServerOptions): Promise<CleverServer> {
  const live = options.district;
  const faults = options.faults instanceof FaultBoard ? options.faults : new FaultBoard(options.faults);
  const credentials = options.credentials ?? { clientId: "aivo-clever", clientSecret: "clever-secret" };
  const redirectUris = [...(options.redirectUris ?? [])];
  let state: DistrictState = { state: "running" };
  const viewOf = (district: District, peopleUntil = Number.POSITIVE_INFINITY, hasOwnNames = false): View => ({
    district,
    peopleUntil,
    hasOwnNames,
    stampOf: (day) => live.stampOf(day),
  });
  const events = new Events(live, (district) => viewOf(district));
  const authorization = new Authorization(
    {
      ...credentials,
      redirectUris,
      districtId: () => districtId(live.today),
      districtName: live.today.shape.name,
      now: live.now,
    },
    options.accessToken ?? "district-token",
    options.isAuthorized ?? true,
  );

  function data(request: Request, met: Faults): Reply {
    const version = versions.find((one) => request.path.startsWith(`${one}/`));
    if (!version) return { status: 404, body: "<html><body><h1>Not found</h1></body></html>" };
    if (met.has("token-expired")) authorization.rotate();
    if (met.has("revoked")) authorization.withdraw();
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    const isUser = authorization.isUserToken(token);
    if (!isUser && (token === "" || token !== authorization.districtToken)) return failed(401, "Unauthorized");
    if (request.method !== "GET") return failed(501, "Not implemented");
    const segments = request.path.slice(version.length + 1).split("/");
    if (segments[0] === "me" && segments.length === 1) return isUser ? meUser(version) : meDistrict(version);
    if (isUser && !isOpenToUser(segments)) return failed(404, "Resource not in token's scopes");
    const half = met.has("half-roster") ? Math.ceil(live.today.people.size / 2) : Number.POSITIVE_INFINITY;
    return answer({
      live,
      view: viewOf(live.today, half, met.has("own-names")),
      events,
      state,
      segments,
      path: request.path,
      query: request.query,
      faults: met,
    });
  }

  function meDistrict(version: string): Reply {
    const id = districtId(live.today);
    const links = [
      { rel: "self", uri: "/me" },
      { rel: "canonical", uri: `${version}/districts/${id}` },
    ];
    return { status: 200, body: { type: "district", data: { id, type: "district", district: id }, links } };
  }

  function meUser(version: string): Reply {
    const [id, district] = [superintendent(live.today), districtId(live.today)];
    const links = [
      { rel: "self", uri: "/me" },
      { rel: "canonical", uri: `${version}/users/${id}` },
      { rel: "district", uri: `${version}/districts/${district}` },
    ];
    return { status: 200, body: { type: "user", data: { id, type: "user", district }, links } };
  }

  function isOpenToUser(segments: readonly string[]): boolean {
    const [kind, id] = segments;
    return (
      segments.length === 2 &&
      ((kind === "users" && id === superintendent(live.today)) || (kind === "districts" && id === districtId(live.today)))
    );
  }

  const common = {
    name: "clever",
    now: live.now,
    faults,
    rateLimit: options.rateLimit ?? { requests: 1_200, windowSeconds: 60, headerPrefix: "X-RateLimit" },
    errorBody: (_status: number, message: string) => ({ message }),
  };
  const api = await startHttp({ ...common, ...(options.ports && { port: options.ports.api }), answer: data, endpointOf });
  const auth = await startHttp({
    ...common,
    ...(options.ports && { port: options.ports.auth }),
    answer: (request, met) => authorization.answer(request, met),
    endpointOf: (path) => (path === "/oauth/tokens" ? "token" : "authorize"),
  });
  return {
    apiUrl: api.url,
    authUrl: auth.url,
    credentials: { ...credentials, districtId: districtId(live.today) },
    authorization,
    control: {
      faults,
      requests: () => [...auth.requests(), ...api.requests()].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
      setDistrictState: (next) => {
        state = next;
      },
      addRedirectUri: (uri) => {
        if (!redirectUris.includes(uri)) redirectUris.push(uri);
      },
    },
    close: async () => {
      await Promise.all([api.close(), auth.close()]);
    },
  };
}

/** "users" of `/v3.0/users/…`, "sections" of `/v3.0/schools/…/sections`. */
function endpointOf(path: string): string {
  const [kind = "", , nested] = path.split("/").slice(2);
  return nested ?? kind;
}

/** The admin who signs in. */
function superintendent(district: District): string {
  for (let row = 0; row < district.people.size; row++) {
    if (district.people.get("kind", row) === personKinds.administrator) return objectId(district, "users", row);
  }
  throw new Error("every district has an administrator");
}
