import type { ProviderId } from "#lib/engine/sis/providers.ts";

/** A field of a credential form. Its label stands in `credentialLabels`, so that a message from the server calls it the same. */
export interface FieldSpec {
  readonly name: string;
  readonly control: "text" | "address" | "secret" | "number" | "choice";
  readonly required?: boolean;
  readonly hint?: string;
  readonly placeholder?: string;
  /** For a choice, after "found out". */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** A test finds it out: what it found is shown, and a choice here comes before it. */
  readonly found?: "shown" | "kept";
}

export interface ProviderFields {
  readonly main: readonly FieldSpec[];
  /** What a test finds out by itself, and what few have to know. */
  readonly advanced: readonly FieldSpec[];
}

const clientId: FieldSpec = { name: "clientId", control: "text", required: true };
const clientSecret: FieldSpec = { name: "clientSecret", control: "secret", required: true };
const fullReadDays: FieldSpec = {
  name: "fullReadDays",
  control: "number",
  placeholder: "7",
  hint: "Between two of them a sync reads only what changed, wherever that is proven to be enough. 0: every sync reads everything.",
};
const signature: FieldSpec = {
  name: "signature",
  control: "choice",
  found: "kept",
  options: [
    { value: "HMAC-SHA256", label: "HMAC-SHA256" },
    { value: "HMAC-SHA1", label: "HMAC-SHA1" },
  ],
};

/** The fields of each provider's form. OneRoster CSV's stand in sftp-fields.tsx: two ways to sign in are not a list of fields. */
export const providerFields: Record<ProviderId, ProviderFields> = {
  clever: {
    main: [
      clientId,
      clientSecret,
      {
        name: "districtId",
        control: "text",
        required: true,
        hint: "24 characters, 0 to 9 and a to f.",
        placeholder: "4fd43cc56d11340000000005",
      },
    ],
    advanced: [
      {
        name: "accessToken",
        control: "secret",
        hint: "Only if you have the district's token already. Otherwise you authorize with Clever after saving, and nobody has to type one.",
      },
      fullReadDays,
    ],
  },
  classlink: {
    main: [
      clientId,
      clientSecret,
      {
        name: "tenantId",
        control: "text",
        required: true,
        hint: "The tenant's number, or the application ID exactly as the console shows it, with its % signs.",
        placeholder: "2284",
      },
      {
        name: "serverUrl",
        control: "address",
        hint: "If the console names the district's own Roster Server: requests then go straight to it, signed. Without it they go through ClassLink's proxy.",
        placeholder: "https://district-oneroster.example.org",
      },
    ],
    advanced: [{ ...signature, hint: "Only where a Server URL is given." }, fullReadDays],
  },
  "oneroster-rest": {
    main: [
      {
        name: "baseUrl",
        control: "address",
        required: true,
        hint: "With or without /ims/oneroster/v1p1 (OneRoster 1.1) or /ims/oneroster/rostering/v1p2 (1.2) at its end.",
        placeholder: "https://sis.example.org",
      },
      clientId,
      clientSecret,
    ],
    advanced: [
      {
        name: "version",
        control: "choice",
        found: "shown",
        hint: "Where the address answers as both, choose the one that the vendor means.",
        options: [
          { value: "1.1", label: "OneRoster 1.1" },
          { value: "1.2", label: "OneRoster 1.2" },
        ],
      },
      {
        name: "authentication",
        control: "choice",
        found: "shown",
        options: [
          { value: "oauth2", label: "OAuth 2.0, client credentials" },
          { value: "oauth1", label: "OAuth 1.0a, signed requests" },
        ],
      },
      {
        name: "tokenUrl",
        control: "address",
        found: "shown",
        hint: "OAuth 2.0 only, with its query if it has one. Left out, it is looked for at the usual places of the base URL's host.",
        placeholder: "https://sis.example.org/token",
      },
      {
        name: "scopes",
        control: "text",
        found: "shown",
        hint: "OAuth 2.0 only, separated by spaces. Left out, OneRoster's own for rostering are asked for.",
      },
      {
        name: "secretIn",
        control: "choice",
        found: "kept",
        hint: "OAuth 2.0 only: how the token address is told the client secret.",
        options: [
          { value: "header", label: "In the Basic header" },
          { value: "body", label: "In the body of the request" },
        ],
      },
      { ...signature, hint: "OAuth 1.0a only." },
      fullReadDays,
    ],
  },
  "oneroster-csv": { main: [], advanced: [] },
};

export function fieldsOf(provider: ProviderId): readonly FieldSpec[] {
  const { main, advanced } = providerFields[provider];
  return [...main, ...advanced];
}

/** What a found-out value is called: the label of its choice, else itself without OneRoster's long prefix. */
export function foundInWords({ options }: FieldSpec, value: string): string {
  return (
    options?.find((option) => option.value === value)?.label ??
    value.replace(/https:\/\/purl\.imsglobal\.org\/spec\/or\/v1p[12]\/scope\//g, "")
  );
}
