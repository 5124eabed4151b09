/** Free of Node, and of zod, which would come with it into every page that names one. */

export type Preset = "google" | "entra" | "clever" | "classlink" | "other";

export interface PresetFacts {
  readonly name: string;
  /** Null: the district enters it. `{tenant}` stands for the tenant. */
  readonly issuer: string | null;
  /** What pins an issuer of many to this district, and the claim in which it stands; null: the issuer is the district's own. */
  readonly tenant: { readonly label: string; readonly hint: string; readonly claim: string } | null;
  /** The claim by which the provider vouches for an address. The value is `true`, and for Entra what Microsoft writes for it. */
  readonly verifiedClaim: "email_verified" | "xms_edov";
  /** The claim with the id of the SIS; null: where it is wanted, the district names it. */
  readonly sisIdClaim: string | null;
  readonly matchBy: readonly ("email" | "sis-id")[];
  readonly scope: string;
  /** What else it is asked with. Google and Microsoft let whoever sits there choose the account: machines of schools are shared. */
  readonly asks: (tenant: string) => Readonly<Record<string, string>>;
}

/** The four that districts have most, and any other. Where each thing stands at the provider: docs/sign-in.md. */
export const presets: Readonly<Record<Preset, PresetFacts>> = {
  google: {
    name: "Google Workspace",
    issuer: "https://accounts.google.com",
    tenant: { label: "Workspace domain", hint: "The primary domain of your Workspace, as lakeside.example.", claim: "hd" },
    verifiedClaim: "email_verified",
    sisIdClaim: null,
    matchBy: ["email"],
    scope: "openid email",
    asks: (hd) => ({ prompt: "select_account", hd }),
  },
  entra: {
    name: "Microsoft Entra",
    issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
    tenant: { label: "Directory (tenant) ID", hint: "On the overview page of the app registration.", claim: "tid" },
    // Entra has no email_verified: users can be given any address. The optional claim says that the tenant owns the address's domain.
    verifiedClaim: "xms_edov",
    sisIdClaim: null,
    matchBy: ["email"],
    scope: "openid email profile",
    asks: () => ({ prompt: "select_account" }),
  },
  clever: {
    name: "Clever",
    issuer: "https://clever.com",
    tenant: { label: "District ID", hint: "The id of your district at Clever, as in its SIS integration.", claim: "district" },
    verifiedClaim: "email_verified",
    // The id of people in API v3, which the Clever integration reads.
    sisIdClaim: "multi_role_user_id",
    matchBy: ["sis-id"],
    scope: "openid",
    asks: (district_id) => ({ district_id }),
  },
  classlink: {
    name: "ClassLink",
    issuer: "https://launchpad.classlink.com",
    tenant: { label: "Tenant ID", hint: "The number of your district at ClassLink.", claim: "TenantId" },
    verifiedClaim: "email_verified",
    sisIdClaim: "SourcedId",
    matchBy: ["sis-id"],
    scope: "openid profile",
    asks: () => ({}),
  },
  other: {
    name: "Another OpenID provider",
    issuer: null,
    tenant: null,
    verifiedClaim: "email_verified",
    sisIdClaim: null,
    matchBy: ["email", "sis-id"],
    scope: "openid email",
    asks: () => ({}),
  },
};

export const presetNames = Object.keys(presets) as [Preset, ...Preset[]];

/** A district has at most this many; more would not be a choice, but a list. */
export const mostProviders = 4;
