import type { guardedFetch } from "./guarded-fetch.ts";

type Fetch = ReturnType<typeof guardedFetch>;

/** Seconds in which the keys are read once more at most for the sake of one that is not among them. */
export const lookAgainSeconds = 30;
/** Providers publish a handful, and a server of Aivo meets as many issuers as its districts have. */
const most = { keys: 100, issuers: 1_000 };

/** By issuer: which keys it published when it had signed with one that is not among them, and until when that is taken to be so. Per process. */
const lacking = new Map<string, { readonly kids: ReadonlySet<string>; readonly untilMs: number }>();

/**
 * `fetch` for one sign-in. The keys are read for each, so that one that is new counts at once and one that was withdrawn does no longer; but where a
 * provider signs with a key that it does not publish, it is asked for its keys again only when `lookAgainSeconds` have passed, not at every try.
 * Whoever comes with a key that it did publish is not held up by that.
 */
export function keysFetch(
  fetch: Fetch,
  { issuer, jwks_uri: keysAt }: { readonly issuer: string; readonly jwks_uri?: string },
  now: () => Date,
): Fetch {
  /** The key that the token names which the provider gave in this sign-in. */
  let kid: string | null = null;
  return async (url, options) => {
    const isForKeys = keysAt !== undefined && url === URL.parse(keysAt)?.href;
    const known = lacking.get(issuer);
    if (isForKeys && kid !== null && known !== undefined && now().getTime() < known.untilMs && !known.kids.has(kid))
      return Response.json({ keys: [] });
    const answer = await fetch(url, options);
    const body: unknown = answer.ok
      ? await answer
          .clone()
          .json()
          .catch(() => null)
      : null;
    if (isForKeys && kid !== null) note(issuer, kid, kidsOf(body), now().getTime());
    else if (isObject(body) && typeof body.id_token === "string") kid = kidOf(body.id_token);
    return answer;
  };
}

function note(issuer: string, kid: string, kids: ReadonlySet<string>, nowMs: number): void {
  lacking.delete(issuer);
  if (kids.has(kid)) return;
  const [oldest] = lacking.size >= most.issuers ? lacking.keys() : [];
  if (oldest !== undefined) lacking.delete(oldest);
  lacking.set(issuer, { kids, untilMs: nowMs + lookAgainSeconds * 1000 });
}

function kidsOf(body: unknown): ReadonlySet<string> {
  const keys = isObject(body) && Array.isArray(body.keys) ? body.keys.slice(0, most.keys) : [];
  return new Set(keys.flatMap((key: unknown) => (isObject(key) && typeof key.kid === "string" ? [key.kid] : [])));
}

/** What the header of a token says that has been checked by nobody yet: good for deciding what to ask for, and for nothing else. */
function kidOf(token: string): string | null {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString());
    return isObject(header) && typeof header.kid === "string" ? header.kid : null;
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
