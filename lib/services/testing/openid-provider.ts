import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type AdapterFactory, type AdapterPayload, type Configuration, interactionPolicy, type JWK } from "oidc-provider";

/** What the provider says of one of its accounts, beside the subject. */
export type ProviderClaims = Readonly<Record<string, unknown>>;

export interface OpenIdProvider {
  readonly issuer: string;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  /** Its accounts by subject, which a test fills. */
  readonly accounts: Map<string, ProviderClaims>;
  /** Who signs in there next without being asked; null: a page asks. */
  signsIn: string | null;
  /** Seconds since that one has shown who they are; who is asked to show it anew does. */
  signedInAgo: number;
  /** How often its keys were asked for. */
  keysAsked: number;
  /** From now on it signs with the key of that name, and publishes those, in this order: not the one it signs with unless it is named. */
  signWith(signing: string, published: readonly string[]): void;
  close(): Promise<void>;
}

const askWho = (uid: string) => `<!doctype html><html lang="en"><head><title>Lakeside accounts</title></head><body><main>
  <h1>Lakeside accounts</h1><form method="post" action="/interaction/${uid}"><label>Account <input name="account" required></label>
  <button>Sign in there</button></form></main></body></html>`;

/**
 * A real OpenID provider (npm oidc-provider) on loopback. It sends back to these addresses alone, demands PKCE of everybody, and puts every
 * claim of an account into the token.
 */
export async function openOpenIdProvider(redirectUris: readonly string[], port = 0): Promise<OpenIdProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { clientId: "aivo", clientSecret: "a secret of the client, kept sealed" };
  const accounts = new Map<string, ProviderClaims>();
  const told = ["email", "email_verified", "hd", "tid", "xms_edov", "district", "multi_role_user_id", "TenantId", "SourcedId", "pupil"];
  // As Google and Microsoft, it knows what it is to choose an account.
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }));
  const configuration: Configuration = {
    adapter: inMemory(),
    clients: [{ client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: [...redirectUris] }],
    claims: { openid: ["sub", ...told], email: [], profile: [] },
    conformIdTokenClaims: false,
    cookies: { keys: ["for tests alone"] },
    features: { devInteractions: { enabled: false } },
    interactions: { policy, url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, id) => (accounts.has(id) ? { accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) } : undefined),
    pkce: { required: () => true },
    // Nobody is asked whether Aivo may know who they are.
    loadExistingGrant: async ({ oidc: { provider: own, client: asking, session } }) => {
      const grant = new own.Grant({ clientId: asking?.clientId ?? "", accountId: session?.accountId ?? "" });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Grant: 60, Interaction: 600, Session: 60 },
  };
  const keys = new Map<string, JWK>();
  const keyOf = (kid: string): JWK => {
    const made = keys.get(kid) ?? {
      ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
      kid,
      use: "sig",
    };
    keys.set(kid, made as JWK);
    return made as JWK;
  };
  const withKeys = (kids: readonly string[]) => new Provider(issuer, { ...configuration, jwks: { keys: kids.map(keyOf) } });
  let provider = withKeys(["first"]);
  let publisher = provider;
  const own: OpenIdProvider = {
    issuer,
    client,
    accounts,
    signsIn: null,
    signedInAgo: 0,
    keysAsked: 0,
    signWith(signing, published) {
      provider = withKeys([signing]);
      publisher = withKeys(published);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.on("request", async (request, response) => {
    if (request.url === "/jwks") {
      own.keysAsked++;
      return publisher.callback()(request, response);
    }
    const [, uid] = /^\/interaction\/([\w-]+)$/.exec(request.url ?? "") ?? [];
    if (uid === undefined) return provider.callback()(request, response);
    let accountId = own.signsIn;
    if (request.method === "POST") {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      accountId = new URLSearchParams(body).get("account");
    }
    if (accountId === null) return response.setHeader("content-type", "text/html").end(askWho(uid));
    const { params } = await provider.interactionDetails(request, response);
    const ts = Math.floor(Date.now() / 1000) - (params.max_age === "1" ? 0 : own.signedInAgo);
    const result = accountId === "" ? { error: "access_denied" } : { login: { accountId, remember: false, ts }, select_account: {} };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });
  return own;
}

/** Goes where a browser would, with the provider's cookies, until it is sent back to `redirectUri`; that address. */
export async function followTo(redirectUri: string, begun: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let at = new URL(begun);
  for (let hop = 0; hop < 10; hop++) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ""] = set.split(";");
      cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    const to = answer.headers.get("location");
    if (to === null) throw new Error(`${at.pathname} answered ${answer.status} and sent nowhere: ${await answer.text()}`);
    at = new URL(to, at);
    if (at.href.startsWith(redirectUri)) return at;
  }
  throw new Error("sent around in a circle");
}

/** Sessions and codes of one issuer, which outlast the keys of the provider that made them. */
function inMemory(): AdapterFactory {
  const stored = new Map<string, AdapterPayload>();
  return (model) => {
    const find = async (id: string) => stored.get(`${model} ${id}`);
    return {
      find,
      upsert: async (id, payload) => void stored.set(`${model} ${id}`, payload),
      findByUid: async (uid) => [...stored].find(([key, one]) => key.startsWith(`${model} `) && one.uid === uid)?.[1],
      findByUserCode: async () => undefined,
      consume: async (id) => void Object.assign((await find(id)) ?? {}, { consumed: Math.floor(Date.now() / 1000) }),
      destroy: async (id) => void stored.delete(`${model} ${id}`),
      revokeByGrantId: async (grantId) => {
        for (const [key, one] of stored) if (one.grantId === grantId) stored.delete(key);
      },
    };
  };
}
