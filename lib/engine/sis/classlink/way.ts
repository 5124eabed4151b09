/** Which of ClassLink's two ways in a connection takes, told by the form of what was entered. */
import { rosterAddress } from "#lib/engine/sis/oneroster-rest/address.ts";
import type { ClassLinkPlace } from "./credentials.ts";

export type ClassLinkWay =
  /** Signed requests to the district's own server. */
  | { readonly kind: "direct"; readonly root: string; readonly because: string }
  /** The proxy, where the district's application is looked up by its tenant id with the partner's key. */
  | { readonly kind: "lookup"; readonly tenantId: string; readonly because: string }
  /** The proxy, with an application id that is at hand; it goes into the path as it stands. */
  | { readonly kind: "application"; readonly applicationId: string; readonly because: string; readonly note: string | null };

export function wayOf({ tenantId, serverUrl }: ClassLinkPlace): ClassLinkWay {
  if (serverUrl !== undefined && serverUrl !== "") {
    return {
      kind: "direct",
      root: rosterAddress(serverUrl).roots["1.1"][0],
      because: "a Server URL is given, so requests go straight to the district's server, signed",
    };
  }
  if (/^\d+$/.test(tenantId)) {
    return { kind: "lookup", tenantId, because: "the Tenant ID is a number, so the district is looked up at ClassLink's proxy" };
  }
  const because = "the Tenant ID is an application ID, so requests go through ClassLink's proxy";
  // One with escapes is whole. Escaping it again, or unescaping it, makes another address that fails without a useful word.
  if (tenantId.includes("%")) return { kind: "application", applicationId: tenantId, because, note: null };
  const applicationId = encodeURIComponent(tenantId);
  const note = applicationId === tenantId ? null : "The Tenant ID was copied without its escapes; Aivo put them back.";
  return { kind: "application", applicationId, because, note };
}

/** Where the collections of an application are on the proxy. `URL` leaves %2F and %3D in the path as they are. */
export function proxyRoot(proxyUrl: string, applicationId: string): string {
  return `${proxyUrl.replace(/\/+$/, "")}/${applicationId}/ims/oneroster/v1p1`;
}
