import { z } from "zod";
import { pasted, required } from "#lib/engine/sis/pasted.ts";

/** The credential form of Clever. Free of Node, so that the form can use it. */

export const cleverCredentials = z.object({
  clientId: required("Client ID").max(200, "Client ID is too long"),
  clientSecret: required("Client secret").max(1000, "Client secret is too long"),
  districtId: required("District ID")
    .regex(
      /^[0-9a-f]{24}$/i,
      "A district ID has 24 characters, 0 to 9 and a to f; Clever shows it in the district's address and under its settings",
    )
    .toLowerCase(),
  /** The district's token, where it is known already. Otherwise the authorization in the portal supplies it. */
  accessToken: pasted()
    .min(1)
    .max(5000, "Access token is too long")
    .regex(/^[\x21-\x7e]+$/, "An access token has no spaces and no special characters")
    .optional(),
  /** Days between two reads of everything; between them, only what Clever's events tell is read. */
  fullReadDays: z.coerce
    .number({ error: "Days between full reads is a number" })
    .int("Days between full reads is a whole number")
    .min(0, "Days between full reads is between 0 and 31")
    .max(31, "Days between full reads is between 0 and 31")
    .optional(),
});
export type CleverCredentials = z.infer<typeof cleverCredentials>;

export const cleverSecrets = ["clientSecret", "accessToken"] as const;
