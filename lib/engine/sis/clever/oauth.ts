/** The authorization that a district's admin completes in Clever, and what Aivo does with the code that comes back. */
import type { ProviderHosts } from "#lib/engine/sis/hosts.ts";
import type { HttpClient, HttpRequest } from "#lib/engine/sis/http.ts";
import type { CleverCredentials } from "./credentials.ts";
import { type CleverConnection, openApi, readDistrict } from "./open.ts";
import { version } from "./quirks.ts";
import { basic, explainRefusal, findDistrictToken } from "./tokens.ts";
import { readExchange, readMe } from "./wire.ts";

export interface AuthorizeRequest {
  readonly clientId: string;
  readonly districtId: string;
  /** Exactly as registered with the application. */
  readonly redirectUri: string;
  readonly state: string;
}

/** Where the admin's browser is sent. */
export function authorizeUrl(hosts: ProviderHosts, { clientId, districtId, redirectUri, state }: AuthorizeRequest): string {
  const url = new URL("/oauth/authorize", hosts.cleverAuthUrl);
  const query = { response_type: "code", client_id: clientId, redirect_uri: redirectUri, district_id: districtId, state };
  url.search = new URLSearchParams(query).toString();
  return url.href;
}

export type Completion =
  | { readonly accessToken: string }
  /** The code was used, is too old, or was never Clever's; the person is of another district; Clever lists no token for the district. */
  | { readonly refused: "code-refused" | "other-district" | "no-token" };

/**
 * Exchanges the code, makes sure that whoever authorized belongs to the configured district, and fetches that district's token, which is
 * tried once. @throws RunFailure for the application's credentials and for the connection; RunCancelled
 */
export async function completeWithCode(
  http: HttpClient,
  connection: CleverConnection,
  { code, redirectUri }: { readonly code: string; readonly redirectUri: string },
): Promise<Completion> {
  const { credentials, hosts } = connection;
  const exchange = await http.json(exchangeRequest(hosts, credentials, { code, redirectUri }));
  if (exchange.status === 400) return { refused: "code-refused" };
  const personal = readExchange(exchange);
  const me = readMe(
    await http.json({
      url: new URL(`${version}/me`, hosts.cleverApiUrl),
      step: "check the district",
      authorization: () => `Bearer ${personal}`,
    }),
  );
  if (me.district.toLowerCase() !== credentials.districtId) return { refused: "other-district" };
  const accessToken = (await findDistrictToken({ http, hosts, credentials })) ?? (me.isDistrict ? personal : null);
  if (accessToken === null) return { refused: "no-token" };
  const api = await openApi(http, { ...connection, credentials: { ...credentials, accessToken } });
  await readDistrict(api, credentials.districtId);
  return { accessToken };
}

function exchangeRequest(
  hosts: ProviderHosts,
  credentials: CleverCredentials,
  { code, redirectUri }: { readonly code: string; readonly redirectUri: string },
): HttpRequest {
  return {
    method: "POST",
    url: new URL("/oauth/tokens", hosts.cleverAuthUrl),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ code, grant_type: "authorization_code", redirect_uri: redirectUri }).toString(),
    step: "exchange the code",
    expect: [400],
    // A code works once: asked again it is refused, whatever became of the first try.
    attempts: 1,
    authorization: () => basic(credentials),
    explain: explainRefusal,
  };
}
