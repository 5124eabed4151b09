/** From credentials to an interface that may be asked, and the district that it is about. */

import type { ProviderHosts } from "#lib/engine/sis/hosts.ts";
import { createHttpClient, type HttpClient } from "#lib/engine/sis/http.ts";
import { otherDistrictRemedy } from "#lib/engine/sis/other-district.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import type { SourceContext } from "#lib/engine/sis/source.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { ask, type CleverApi } from "./client.ts";
import type { CleverCredentials } from "./credentials.ts";
import { doubtfulStates, trustedStates, version } from "./quirks.ts";
import { DistrictTokens } from "./tokens.ts";
import { type District, readDistricts } from "./wire.ts";

export interface CleverConnection {
  readonly credentials: CleverCredentials;
  readonly hosts: ProviderHosts;
  readonly patience: Patience;
}

/** The five lists are read side by side; Clever allows 1,200 requests a minute. */
const connections = 5;

export function openHttp(
  context: Pick<SourceContext, "signal" | "trustedOrigins" | "now" | "onWait">,
  { patience }: Pick<CleverConnection, "patience">,
): HttpClient {
  return createHttpClient({ context, patience, maxConnections: connections });
}

/** @throws RunFailure `authorization-expired`, `sign-in`, and all of the connection's; RunCancelled */
export async function openApi(http: HttpClient, { credentials, hosts }: CleverConnection): Promise<CleverApi> {
  const tokens = await DistrictTokens.open({ http, hosts, credentials });
  return { http, tokens, origin: new URL(hosts.cleverApiUrl).origin };
}

/** The one district that the token is for. @throws RunFailure `configuration` where it is another than the integration's */
export async function readDistrict(api: CleverApi, districtId: string): Promise<District> {
  const answer = await ask(api, { uri: `${version}/districts`, what: "districts", page: 1 });
  const districts = readDistricts(answer);
  const [district] = districts;
  if (district === undefined || districts.length !== 1)
    throw otherDistrict(`Clever's token opens ${districts.length} districts instead of one`);
  if (district.id.toLowerCase() !== districtId)
    throw otherDistrict(`Clever's token is for district ${shownId(district.id)}, the integration for ${districtId}`);
  return district;
}

function otherDistrict(what: string): RunFailure {
  return new RunFailure({
    code: "configuration",
    step: "read districts",
    message: `${what}. Nothing was read and nothing was changed.`,
    remedy:
      "Check the District ID of the integration. If it is right, choose Reconnect and sign in to Clever as an admin of that district.",
  });
}

/** An integration that rostered one district is not led to another, whoever's token is at hand. */
export function namesOtherDistrict(former: string, now: string): RunFailure {
  return new RunFailure({
    code: "configuration",
    step: "connect",
    message: `The District ID is ${now} now, and this integration rosters district ${former} of Clever. Nothing was read and nothing was changed.`,
    remedy: otherDistrictRemedy("that District ID"),
  });
}

const shownId = (id: string) => (/^[\w-]{1,40}$/.test(id) ? id : "with an unreadable id");

/** Why nothing may be withdrawn by what the district shows now, in words for the admin; null if it may. */
export function doubtAboutDistrict({ state, pause_end }: District): string | null {
  const word = (state ?? "").toLowerCase();
  if (trustedStates.includes(word)) return null;
  const why = doubtfulStates[word] ?? "Clever reports a state of the district that Aivo does not know";
  const until = word === "paused" && pause_end ? `, until ${pause_end.slice(0, 10)}` : "";
  return `${why}${until}.`;
}

/** So long before it, a pause that Clever has planned is worth a message. */
const pauseComesMs = 14 * 86_400_000;

/** The pause that Clever has planned for the district, from a while before it until it is over. */
export function plannedPause(
  { pause_start, pause_end }: District,
  now: Date,
): { readonly from: string; readonly until: string | null } | null {
  const from = Date.parse(pause_start ?? "");
  const until = Date.parse(pause_end ?? "");
  if (Number.isNaN(from) || from - now.getTime() > pauseComesMs || until <= now.getTime()) return null;
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return { from: day(from), until: Number.isNaN(until) ? null : day(until) };
}
