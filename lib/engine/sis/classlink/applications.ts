/** The districts that share with Aivo at ClassLink's proxy. Each record holds a token to a whole district: ours is picked, the rest forgotten. */
import { z } from "zod";
import { type HttpClient, invalidAnswer, type JsonAnswer } from "#lib/engine/sis/http.ts";
import { queryOf } from "#lib/engine/sis/oneroster/api.ts";
import { statusInfoOf } from "#lib/engine/sis/oneroster/envelope.ts";
import { isObject } from "#lib/engine/sis/oneroster/records.ts";
import { RunFailure } from "#lib/platform/errors.ts";

const optionalText = z
  .union([z.string(), z.number(), z.boolean()])
  .nullish()
  .transform((value) => (value == null ? null : String(value)));

/** One pairing of a district with our application; kinds vary between districts, so they are coerced. */
const Application = z.object({
  tenant_id: optionalText,
  tenant_name: optionalText,
  tenant_status: optionalText,
  enabled: optionalText,
  bearer: optionalText,
  oneroster_application_id: z.string().min(1),
});

export interface ClassLinkApplication {
  readonly tenantId: string | null;
  readonly tenantName: string | null;
  readonly applicationId: string;
  /** The district's own token, null where the key itself is to be used. */
  readonly bearer: string | null;
  /** Why the district cannot be read, null if it can. */
  readonly unusable: string | null;
}

export interface ApplicationsRequest {
  readonly http: HttpClient;
  readonly proxyUrl: string;
  readonly bearer: string;
}

const pageSize = 1000;
const maxPages = 1000;

/**
 * The application that fits, over all pages; there is no count, so that only an empty page ends the list, or one without anything new.
 * @returns null where none fits. `listed` is how many there are in all
 * @throws HttpFailure; a 401 means that the key may not list districts
 */
export async function findApplication(
  request: ApplicationsRequest,
  fits: (application: ClassLinkApplication) => boolean,
): Promise<{ readonly found: ClassLinkApplication | null; readonly listed: number }> {
  let found: ClassLinkApplication | null = null;
  let listed = 0;
  const seen = new Set<string>();
  for (let page = 1; page <= maxPages; page++) {
    const records = await askPage(request, listed, page);
    const before = seen.size;
    listed += records.length;
    for (const record of records) {
      const application = read(record);
      if (application !== null) seen.add(application.applicationId);
      if (application === null || !fits(application)) continue;
      // Met again where a district that came or went has moved the pages.
      const isOther = found !== null && found.applicationId !== application.applicationId;
      if (isOther && found?.unusable === null && application.unusable === null) throw ambiguous(request.proxyUrl);
      if (found === null || found.unusable !== null) found = application;
    }
    if (records.length === 0 || seen.size === before) break;
  }
  return { found, listed: Math.max(seen.size, found === null ? 0 : 1) };
}

async function askPage({ http, proxyUrl, bearer }: ApplicationsRequest, offset: number, page: number): Promise<readonly unknown[]> {
  const answer = await http.json({
    url: new URL(`${proxyUrl.replace(/\/+$/, "")}/applications?${queryOf({ limit: pageSize, offset })}`),
    step: "look up the district",
    list: { names: ["applications"], most: pageSize, keep: (entry) => entry },
    page,
    authorization: () => `Bearer ${bearer}`,
    explain: ({ status }) =>
      status === 401 || status === 403
        ? {
            code: "sign-in",
            because: "The client secret is not a key that may look up districts.",
            remedy:
              "A Tenant ID of digits needs the partner's API key as client secret. With the client ID and secret of the district's own console, enter the district's Server URL as well; with an access token, enter the application ID as Tenant ID.",
          }
        : null,
  });
  return listOf(answer);
}

function listOf(answer: JsonAnswer): readonly unknown[] {
  const { json, place, status } = answer;
  const remedy = "Try again in a few minutes; if it stays, send this message to ClassLink's support.";
  if (statusInfoOf(json)?.isFailure) throw invalidAnswer(place, status, "with an error in its body", remedy);
  const list = isObject(json) ? json.applications : undefined;
  if (!Array.isArray(list)) throw invalidAnswer(place, status, 'without the list "applications"', remedy);
  return list;
}

function read(record: unknown): ClassLinkApplication | null {
  const parsed = Application.safeParse(record);
  if (!parsed.success) return null;
  const { tenant_id, tenant_name, tenant_status, enabled, bearer, oneroster_application_id } = parsed.data;
  const isOff = enabled !== null && enabled.trim().toLowerCase() !== "true" && enabled.trim() !== "1";
  const isInactive = tenant_status !== null && tenant_status.trim().toLowerCase() !== "active";
  return {
    tenantId: tenant_id,
    tenantName: tenant_name,
    applicationId: oneroster_application_id,
    bearer: bearer === "" ? null : bearer,
    unusable: isOff ? "has not enabled Aivo" : isInactive ? "is not active at ClassLink" : null,
  };
}

function ambiguous(proxyUrl: string): RunFailure {
  return new RunFailure({
    code: "configuration",
    step: "look up the district",
    message: `${new URL(proxyUrl).host}: GET /applications lists this tenant more than once, and Aivo does not guess.`,
    remedy: "Enter the application ID of the right one as Tenant ID, with its access token as client secret.",
  });
}
