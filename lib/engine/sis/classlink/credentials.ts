import { z } from "zod";
import { pasted, required } from "#lib/engine/sis/pasted.ts";
import { cleanText } from "#lib/roster/text.ts";

/** The credential form of ClassLink. Free of Node, so that the form can use it. */

const serverUrl = pasted()
  .max(2000, "Server URL is too long")
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), "Server URL begins with https://")
  .refine(
    (value) => !/[?#]/.test(value) && (!URL.canParse(value) || new URL(value).username === ""),
    "Server URL has no ?, no # and no user name",
  );

const fields = z.object({
  clientId: required("Client ID").max(1000, "Client ID is too long"),
  clientSecret: required("Client secret").max(5000, "Client secret is too long"),
  tenantId: required("Tenant ID")
    .max(2000, "Tenant ID is too long")
    .refine((value) => value !== "." && value !== ".." && !/[\s?#\\]/.test(value), "Tenant ID has no spaces and no ?, # or \\"),
  /** Filled: requests go straight to the district's server, signed. */
  serverUrl: serverUrl.optional(),
  /** Days between two reads of everything; between them, only changes are read where the district's server can tell them. */
  fullReadDays: z.coerce
    .number({ error: "Days between full reads is a number" })
    .int("Days between full reads is a whole number")
    .min(0, "Days between full reads is between 0 and 31")
    .max(31, "Days between full reads is between 0 and 31")
    .optional(),
});

/** An address typed as Tenant ID is moved to where it belongs; the tenant is then called by its host. */
function withAddressInPlace(input: unknown): unknown {
  if (typeof input !== "object" || input === null || !("tenantId" in input) || typeof input.tenantId !== "string") return input;
  const entered = cleanText(input.tenantId);
  if (!/^https?:\/\//i.test(entered) || !URL.canParse(entered)) return input;
  const typed = "serverUrl" in input && typeof input.serverUrl === "string" ? cleanText(input.serverUrl) : "";
  return { ...input, tenantId: new URL(entered).host, serverUrl: typed === "" ? entered : typed };
}

export const classLinkCredentials = z.preprocess(withAddressInPlace, fields);
export const classLinkFields = Object.keys(fields.shape);
export type ClassLinkCredentials = z.infer<typeof classLinkCredentials>;

/** What of it says where the district is; the whole need not be there. */
export const classLinkPlace = z.preprocess(withAddressInPlace, fields.pick({ tenantId: true, serverUrl: true }));
export type ClassLinkPlace = z.infer<typeof classLinkPlace>;

export const classLinkSecrets = ["clientSecret"] as const;
