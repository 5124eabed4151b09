/**
 * From credentials to an interface that can be asked, and its version: as chosen, as the address says, as it was before, or found out by
 * asking for one record at the root that 1.2 has. Both there is a choice of the admin's; nothing is read then.
 */
import { type HttpClient, HttpFailure } from "#lib/engine/sis/http.ts";
import { type Authority, queryOf } from "#lib/engine/sis/oneroster/api.ts";
import { statusInfoOf } from "#lib/engine/sis/oneroster/envelope.ts";
import { isObject } from "#lib/engine/sis/oneroster/records.ts";
import { assertKeptVersion } from "#lib/engine/sis/oneroster/version.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { type RosterAddress, rosterAddress } from "./address.ts";
import { type FoundAuthority, findAuthority, type Learned } from "./authority.ts";
import type { OneRosterRestCredentials } from "./credentials.ts";

export interface OpenRequest {
  readonly http: HttpClient;
  readonly credentials: OneRosterRestCredentials;
  readonly learned: Learned;
  readonly now: () => Date;
  /** What the last sync read; null before the first, and where that does not matter. */
  readonly kept: OneRosterVersion | null;
}

export interface Opened {
  readonly version: OneRosterVersion;
  /** Without a slash at its end. */
  readonly root: string;
  readonly authority: FoundAuthority;
  /** "the base URL", "an answer at …": what told the version. */
  readonly because: string;
}

/** @throws RunFailure `sign-in`, `version-ambiguous`, `version-changed`, and whatever the connection has; RunCancelled */
export async function openInterface(request: OpenRequest): Promise<Opened> {
  const { credentials, kept } = request;
  const address = rosterAddress(credentials.baseUrl);
  const settled = settledVersion(request, address);
  if (settled !== null) assertKeptVersion(kept, settled.version, settled.because);
  const found = await findAuthority({ ...request, address, version: settled?.version ?? null });
  if (settled !== null) {
    const { version, because } = settled;
    const root = version === "1.2" ? await rootOfTwelve(request, address, found) : address.roots["1.1"][0];
    return { version, because, root, authority: remembering(version, found) };
  }
  const [root] = address.roots["1.2"];
  const authority =
    found.learned().authentication === "oauth1" ? null : await authorityAt(request, { address, version: "1.2", root }, found);
  if (authority === null)
    return { version: "1.1", because: "it has no OneRoster 1.2", root: address.roots["1.1"][0], authority: remembering("1.1", found) };
  if (await answersAt(request.http, address.roots["1.1"][0], found)) throw ambiguous(address);
  return { version: "1.2", because: `an answer at ${new URL(root).pathname}`, root, authority: remembering("1.2", authority) };
}

/** Null where it is to be found out. Whoever has connected before there was a choice reads 1.1. */
function settledVersion({ credentials, learned, kept }: OpenRequest, address: RosterAddress): Pick<Opened, "version" | "because"> | null {
  if (address.version !== null) return { version: address.version, because: "the base URL names it" };
  if (credentials.version !== undefined) return { version: credentials.version, because: "it is chosen under Advanced" };
  const before = kept ?? learned.version ?? (learned.authentication === undefined ? null : "1.1");
  return before === null ? null : { version: before, because: "it was read before" };
}

function remembering(version: OneRosterVersion, authority: FoundAuthority): FoundAuthority {
  return { ...authority, learned: () => ({ ...authority.learned(), version }) };
}

/** Where an address has two spellings, the one that answers; the standard's where neither does, so that the failure names that. */
async function rootOfTwelve({ http }: OpenRequest, address: RosterAddress, authority: Authority): Promise<string> {
  const [usual, ...others] = address.roots["1.2"];
  if (others.length === 0 || (await answersAt(http, usual, authority))) return usual;
  for (const root of others) if (await answersAt(http, root, authority)) return root;
  return usual;
}

/** Who is let in at a root, with the scopes of its version where those at hand are not enough; null where nobody is. */
async function authorityAt(
  request: OpenRequest,
  { address, version, root }: { address: RosterAddress; version: OneRosterVersion; root: string },
  found: FoundAuthority,
): Promise<FoundAuthority | null> {
  const met = await probe(request.http, root, found);
  if (met === "answers") return found;
  if (met !== "refused" || request.credentials.scopes !== undefined) return null;
  const { scopes: _, ...learned } = found.learned();
  const other = await findAuthority({ ...request, address, version, learned }).catch((error: unknown) => {
    if (error instanceof RunFailure && error.code === "sign-in") return null;
    throw error;
  });
  return other !== null && (await answersAt(request.http, root, other)) ? other : null;
}

async function answersAt(http: HttpClient, root: string, authority: Authority): Promise<boolean> {
  return (await probe(http, root, authority)) === "answers";
}

/** Gateways say 401 and 403 to addresses that they do not have, and sites of one page answer everything with it. */
export async function probe(http: HttpClient, root: string, authority: Authority): Promise<"answers" | "refused" | "nothing" | "trouble"> {
  const answer = await http
    .request({
      url: new URL(`${root}/orgs?${queryOf({ limit: 1 })}`),
      endpoint: `${new URL(root).pathname}/orgs`,
      step: "find the version",
      authorization: (method, url) => authority.authorization(method, url),
      onUnauthorized: (used, refused) => authority.onUnauthorized(used, refused),
      expect: [301, 302, 303, 307, 308, 400, 403, 404, 405, 406, 410, 422],
      attempts: 1,
    })
    .catch((error: unknown) => {
      if (error instanceof HttpFailure && error.status !== null && error.status !== 429) return error.status;
      throw error;
    });
  if (typeof answer === "number") return answer === 401 ? "refused" : answer >= 500 ? "trouble" : "nothing";
  const { status, tryJson } = answer;
  if (status === 403) return "refused";
  if (status === 204) return "answers";
  if (status < 300) return isObject(tryJson) && Object.keys(tryJson).some((key) => /^(orgs|schools)$/i.test(key)) ? "answers" : "nothing";
  return (status === 400 || status === 422) && statusInfoOf(tryJson) !== null ? "answers" : "nothing";
}

/**
 * What it means that nothing is found at the root that was read: the other version's may be there.
 * @returns null where it is not
 */
export async function otherVersionThere(request: OpenRequest, { version, root, authority }: Opened): Promise<RunFailure | null> {
  const address = rosterAddress(request.credentials.baseUrl);
  const other: OneRosterVersion = version === "1.1" ? "1.2" : "1.1";
  if (other === "1.2" && authority.learned().authentication === "oauth1") return null;
  for (const candidate of address.roots[other]) {
    const there = await authorityAt(request, { address, version: other, root: candidate }, authority);
    if (there === null) continue;
    if (request.kept !== null)
      assertKeptVersion(request.kept, other, `${new URL(candidate).pathname} answers, and ${new URL(root).pathname} does not any more`);
    return new RunFailure({
      code: "response-invalid",
      step: "read /orgs",
      message: `${new URL(root).host}: GET ${new URL(root).pathname}/orgs answered 404 (Not Found), and ${new URL(candidate).pathname}/orgs answers: this looks like a OneRoster ${other} address. Nothing was changed.`,
      remedy: `Enter ${candidate} as base URL, then test the connection.`,
    });
  }
  return null;
}

function ambiguous(address: RosterAddress): RunFailure {
  const [eleven, twelve] = [address.roots["1.1"][0], address.roots["1.2"][0]];
  return new RunFailure({
    code: "version-ambiguous",
    step: "find the version",
    message: `${new URL(eleven).host} answers as OneRoster 1.1 (${new URL(eleven).pathname}) and as 1.2 (${new URL(twelve).pathname}); which of them is the district's roster is not for Aivo to choose. Nothing was read.`,
    remedy: "Ask the SIS vendor which one to use, choose it as OneRoster version under Advanced, then test the connection.",
  });
}
