import { z } from "zod";
import { pasted, required } from "#lib/engine/sis/pasted.ts";
import { oneRosterVersions } from "#lib/roster/version-change.ts";

/** The credential form of OneRoster REST. Free of Node, so that the form can use it. */

const webAddress = (label: string) =>
  required(label)
    .max(2000, `${label} is too long`)
    .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), `${label} begins with https://`)
    .refine((value) => !URL.canParse(value) || new URL(value).username === "", `${label} has no user name in it`);

const versionNamed = /\/v1p[12]\/*$/i;

const fields = z.object({
  baseUrl: webAddress("Base URL")
    .refine((value) => !/[?#]/.test(value), "Base URL has no ? and no #")
    .refine(
      (value) => !/\/(gradebook|resources)\/v1p2(\/|$)/i.test(value),
      "This is OneRoster 1.2's address for grades or resources; enter that for rostering, which ends in /rostering/v1p2",
    ),
  clientId: required("Client ID").max(1000, "Client ID is too long"),
  clientSecret: required("Client secret").max(5000, "Client secret is too long"),
  /** Left out: found out by the test. */
  authentication: z.enum(["oauth2", "oauth1"], { error: "Choose OAuth 2.0 or OAuth 1.0a" }).optional(),
  /** Which to read where the address has both; left out: found out. */
  version: z.enum(oneRosterVersions, { error: "Choose OneRoster 1.1 or 1.2" }).optional(),
  /** Left out: looked for at the usual places of the base URL's host. Some vendors tell their applications apart by its query. */
  tokenUrl: webAddress("Token URL")
    .refine((value) => !value.includes("#"), "Token URL has no #")
    .optional(),
  /** Free text, as vendors add words of their own; left out: OneRoster's for rostering. */
  scopes: pasted().min(1).max(2000, "Scopes are too long").optional(),
  /** Days between two reads of everything; between them, only changes are read where the vendor can tell them. */
  fullReadDays: z.coerce
    .number({ error: "Days between full reads is a number" })
    .int("Days between full reads is a whole number")
    .min(0, "Days between full reads is between 0 and 31")
    .max(31, "Days between full reads is between 0 and 31")
    .optional(),
});

export const oneRosterRestCredentials = fields
  .refine(
    ({ baseUrl, version }) =>
      version === undefined ||
      !versionNamed.test(baseUrl) ||
      baseUrl
        .replace(/\/+$/, "")
        .toLowerCase()
        .endsWith(`v1p${version.slice(2)}`),
    {
      path: ["version"],
      message: "The base URL ends in the other version; correct one of the two",
    },
  )
  .refine(({ baseUrl, version, authentication }) => authentication !== "oauth1" || (version !== "1.2" && !/\/v1p2\/*$/i.test(baseUrl)), {
    path: ["authentication"],
    message: "OneRoster 1.2 has no OAuth 1.0a; choose OAuth 2.0",
  });
export type OneRosterRestCredentials = z.infer<typeof oneRosterRestCredentials>;

export const oneRosterRestSecrets = ["clientSecret"] as const;
export const defaultFullReadDays = 7;
