import { z } from "zod";

/** The credential form of OneRoster REST. Free of Node, so that the form can use it. */

const trimmed = (label: string) =>
  z
    .string({ error: `${label} is missing` })
    .trim()
    .min(1, `${label} is missing`);

const webAddress = (label: string) =>
  trimmed(label)
    .max(2000, `${label} is too long`)
    .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), `${label} begins with https://`)
    .refine((value) => !/[?#]/.test(value), `${label} has no ? and no #`)
    .refine((value) => !URL.canParse(value) || new URL(value).username === "", `${label} has no user name in it`);

export const oneRosterRestCredentials = z.object({
  baseUrl: webAddress("Base URL").refine(
    (value) => !/\/v1p2(\/|$)/i.test(value),
    "This is an address of OneRoster 1.2; enter that of OneRoster 1.1",
  ),
  clientId: trimmed("Client ID").max(1000, "Client ID is too long"),
  clientSecret: trimmed("Client secret").max(5000, "Client secret is too long"),
  /** Left out: found out by the test. */
  authentication: z.enum(["oauth2", "oauth1"], { error: "Choose OAuth 2.0 or OAuth 1.0a" }).optional(),
  /** Left out: looked for at the usual places of the base URL's host. */
  tokenUrl: webAddress("Token URL").optional(),
  /** Free text, as vendors add words of their own; left out: OneRoster's for rostering. */
  scopes: z.string().trim().min(1).max(2000, "Scopes are too long").optional(),
  /** Days between two reads of everything; between them, only changes are read where the vendor can tell them. */
  fullReadDays: z.coerce
    .number({ error: "Days between full reads is a number" })
    .int("Days between full reads is a whole number")
    .min(0, "Days between full reads is between 0 and 31")
    .max(31, "Days between full reads is between 0 and 31")
    .optional(),
});
export type OneRosterRestCredentials = z.infer<typeof oneRosterRestCredentials>;

export const oneRosterRestSecrets = ["clientSecret"] as const;
export const defaultFullReadDays = 7;
