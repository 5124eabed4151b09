/** From what was entered to an interface that can be asked: the district looked up, the right token in hand. */

import { z } from "zod";
import { type Explanation, type HttpClient, HttpFailure } from "#lib/engine/sis/http.ts";
import type { Authority } from "#lib/engine/sis/oneroster/api.ts";
import { signatureMethods } from "#lib/engine/sis/oneroster/oauth1.ts";
import { signedAuthority } from "#lib/engine/sis/oneroster/signed-authority.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { type ApplicationsRequest, type ClassLinkApplication, findApplication } from "./applications.ts";
import type { ClassLinkCredentials } from "./credentials.ts";
import { type ClassLinkWay, proxyRoot } from "./way.ts";

/** What an earlier connection found out; for the direct way only. Tokens are never among it. */
export const Learned = z.object({ signature: z.enum(signatureMethods).optional() });
export type Learned = z.infer<typeof Learned>;

export interface Connected {
  readonly root: string;
  readonly authority: Authority;
  /** As the proxy has it; null on the direct way. */
  readonly applicationId: string | null;
  readonly learned: () => Learned;
  /** What was found out about the district, for the admin. */
  readonly evidence: readonly string[];
}

export interface ConnectRequest {
  readonly http: HttpClient;
  readonly credentials: ClassLinkCredentials;
  readonly way: ClassLinkWay;
  readonly proxyUrl: string;
  readonly learned: Learned;
  readonly now: () => Date;
}

/** @throws RunFailure `sign-in` for a key that is refused, `permission` for a district that does not share; RunCancelled */
export async function connectToDistrict(request: ConnectRequest): Promise<Connected> {
  const { way, http, proxyUrl, credentials } = request;
  if (way.kind === "direct") return direct(request, way.root);
  const key: ApplicationsRequest = { http, proxyUrl, bearer: credentials.clientSecret };
  if (way.kind === "application") {
    const again = () => lookAgain(key, (application) => application.applicationId === way.applicationId);
    return {
      root: proxyRoot(proxyUrl, way.applicationId),
      authority: bearerAuthority(credentials.clientSecret, again, tokenRefused),
      applicationId: way.applicationId,
      learned: () => ({}),
      evidence: way.note === null ? [] : [way.note],
    };
  }
  const isOurs = (application: ClassLinkApplication) => application.tenantId === way.tenantId;
  const { found, listed } = await findApplication(key, isOurs);
  const application = usable(found, listed, way.tenantId, proxyUrl);
  const bearer = application.bearer ?? credentials.clientSecret;
  return {
    root: proxyRoot(proxyUrl, application.applicationId),
    authority: bearerAuthority(bearer, () => lookAgain(key, isOurs), sharingWithdrawn),
    applicationId: application.applicationId,
    learned: () => ({}),
    evidence: [
      `Tenant ${way.tenantId} is ${application.tenantName ?? "listed without a name"}; enabled and active, one of ${listed} that share with Aivo.`,
    ],
  };
}

function direct({ credentials, learned, now }: ConnectRequest, root: string): Connected {
  const authority = signedAuthority({ ...credentials, method: learned.signature ?? null, now });
  return { root, authority, applicationId: null, learned: () => ({ signature: authority.method() }), evidence: [] };
}

/** The token that the proxy has for the district now; null where it lists it no longer, or not for this key. */
async function lookAgain(key: ApplicationsRequest, fits: (application: ClassLinkApplication) => boolean): Promise<string | null> {
  try {
    const { found } = await findApplication(key, fits);
    return found === null || found.unusable !== null ? null : found.bearer;
  } catch (error) {
    if (error instanceof HttpFailure && !error.transient) return null;
    throw error;
  }
}

/** A static token. When it is refused the proxy is asked once per run whether there is another. */
function bearerAuthority(first: string, lookUp: () => Promise<string | null>, refused: Explanation): Authority {
  let token = first;
  let lookingUp: Promise<string | null> | null = null;
  return {
    describe: () => "The proxy's access token",
    authorization: () => `Bearer ${token}`,
    onUnauthorized: async (used) => {
      if (used !== `Bearer ${token}`) return true;
      lookingUp ??= lookUp();
      const current = await lookingUp;
      // Of several requests that are refused at once one is here first, and the token is the new one already.
      if (current === null || used === `Bearer ${current}`) return false;
      token = current;
      return true;
    },
    refused: () => refused,
  };
}

const sharingWithdrawn: Explanation = {
  code: "authorization-expired",
  because:
    "The district's token is refused, and ClassLink has no other: the district has not shared its data with Aivo, or has withdrawn it.",
  remedy: "Ask the district's ClassLink administrator to share the roster with Aivo again. Nobody is deactivated meanwhile.",
};

const tokenRefused: Explanation = {
  code: "authorization-expired",
  because: "The access token is wrong, was renewed in ClassLink's console, or the district has withdrawn it.",
  remedy: "Enter the new access token of the console as client secret, under Reconnect. Nobody is deactivated meanwhile.",
};

function usable(found: ClassLinkApplication | null, listed: number, tenantId: string, proxyUrl: string): ClassLinkApplication {
  if (found !== null && found.unusable === null) return found;
  const { host } = new URL(proxyUrl);
  const remedy =
    "Ask the district's ClassLink administrator to enable Aivo in Roster Server and to share the roster with it. Nobody is deactivated meanwhile.";
  const message =
    found !== null
      ? `${host}: GET /applications says that the district with tenant ID ${tenantId} ${found.unusable}.`
      : listed === 0
        ? `${host}: GET /applications answered 200 with an empty list: no district at all shares with this key.`
        : `${host}: GET /applications lists ${listed} districts, and none has the tenant ID ${tenantId}: it has not enabled Aivo.`;
  throw new RunFailure({ code: "permission", step: "look up the district", message, remedy });
}
