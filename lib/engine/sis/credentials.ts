import { z } from "zod";
import { classLinkCredentials, classLinkFields, classLinkSecrets } from "./classlink/credentials.ts";
import { cleverCredentials, cleverSecrets } from "./clever/credentials.ts";
import { oneRosterRestCredentials, oneRosterRestSecrets } from "./oneroster-rest/credentials.ts";
import { pasted, pastedPassword, required } from "./pasted.ts";

/**
 * The credential form of each provider that can be added. Field names are those of the command line's FILE.json.
 * `secrets` are sealed and write-only; everything else is shown again. Free of Node, so that the form can use it.
 */
export interface CredentialForm {
  readonly schema: z.ZodType<Record<string, unknown>>;
  /** The names of the schema's fields. */
  readonly fields: readonly string[];
  /** Fields of the form under Advanced that a test finds out else; stored with what was learned. */
  readonly foundOut: readonly string[];
  readonly secrets: readonly string[];
}

export const oneRosterCsvCredentials = z
  .object({
    host: required("Host")
      .max(253, "Host is too long")
      .regex(/^[^\s/@]+$/, "Enter the name or address only, without sftp:// and without a path"),
    port: z.coerce
      .number({ error: "Port is a number" })
      .int("Port is a whole number")
      .min(1, "Port is between 1 and 65535")
      .max(65535, "Port is between 1 and 65535")
      .default(22),
    username: required("User name").max(255, "User name is too long"),
    password: pastedPassword().min(1).optional(),
    privateKey: pasted().min(1).optional(),
    passphrase: pastedPassword().min(1).optional(),
    directory: pasted().default("/"),
    hostKeyFingerprint: pasted()
      .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "A fingerprint looks like SHA256: followed by 43 characters")
      .optional(),
  })
  .refine((value) => value.password !== undefined || value.privateKey !== undefined, {
    path: ["password"],
    message: "Enter a password or a private key",
    // Whoever has left more out is told all of it at once.
    when: ({ value }) => typeof value === "object" && value !== null,
  });
export type OneRosterCsvCredentials = z.infer<typeof oneRosterCsvCredentials>;

export const credentialForms = {
  clever: { schema: cleverCredentials, fields: Object.keys(cleverCredentials.shape), foundOut: [], secrets: cleverSecrets },
  classlink: { schema: classLinkCredentials, fields: classLinkFields, foundOut: ["signature"], secrets: classLinkSecrets },
  "oneroster-rest": {
    schema: oneRosterRestCredentials,
    fields: Object.keys(oneRosterRestCredentials.shape),
    foundOut: ["secretIn", "signature"],
    secrets: oneRosterRestSecrets,
  },
  "oneroster-csv": {
    schema: oneRosterCsvCredentials,
    fields: Object.keys(oneRosterCsvCredentials.shape),
    foundOut: [],
    secrets: ["password", "privateKey", "passphrase"],
  },
} as const satisfies Record<string, CredentialForm>;
export type AvailableProvider = keyof typeof credentialForms;
