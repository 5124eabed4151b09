/** Where the providers with one address for everybody are. The operator may name others (a sandbox, a region); no admin can. */
export interface ProviderHosts {
  /** Clever's data and events. */
  readonly cleverApiUrl: string;
  /** Clever's sign-in and tokens. */
  readonly cleverAuthUrl: string;
  readonly classlinkProxyUrl: string;
}

export const providerHosts: ProviderHosts = {
  cleverApiUrl: "https://api.clever.com",
  cleverAuthUrl: "https://clever.com",
  classlinkProxyUrl: "https://oneroster-proxy.apis.classlink.com",
};
