import { z } from "zod";
import { connectionSteps, need, runSteps } from "#lib/engine/sis/check.ts";
import { createHttpClient, type HttpClient } from "#lib/engine/sis/http.ts";
import type { OneRosterApi } from "#lib/engine/sis/oneroster/api.ts";
import { endpointSteps } from "#lib/engine/sis/oneroster/check-steps.ts";
import { DistrictOrg } from "#lib/engine/sis/oneroster/district-orgs.ts";
import { extractRoster } from "#lib/engine/sis/oneroster/extract.ts";
import { extractOnePerson } from "#lib/engine/sis/oneroster/person.ts";
import { closingAfter } from "#lib/engine/sis/oneroster/source-end.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import type { CheckStep, Extraction, ExtractOptions, PersonOptions, Source, SourceContext } from "#lib/engine/sis/source.ts";
import { rosterAddress } from "./address.ts";
import { type FoundAuthority, findAuthority, Learned } from "./authority.ts";
import { defaultFullReadDays, type OneRosterRestCredentials } from "./credentials.ts";

/** Which district the SIS is about, by its own records. An address or a client may change and it is the same. */
const Identity = z.object({ orgs: z.array(DistrictOrg) });
type Identity = z.infer<typeof Identity>;

/**
 * OneRoster 1.1 over REST, as any vendor serves it. `learned` is what an earlier connection found out; anything unreadable in it is
 * found out again.
 */
export function createOneRosterRestSource(credentials: OneRosterRestCredentials, learned: unknown, patience: Patience): Source {
  const session = new Session(credentials, learned, patience);
  return {
    provider: "oneroster-rest",
    check: (context) => session.check(context),
    extract: (context, options) => session.extract(context, options),
    extractPerson: (context, options) => session.extractPerson(context, options),
  };
}

class Session {
  readonly #credentials: OneRosterRestCredentials;
  readonly #learned: Learned;
  readonly #patience: Patience;

  constructor(credentials: OneRosterRestCredentials, learned: unknown, patience: Patience) {
    this.#credentials = credentials;
    this.#learned = Learned.safeParse(learned).data ?? {};
    this.#patience = patience;
  }

  async *check(context: SourceContext): AsyncGenerator<CheckStep> {
    const http = createHttpClient({ context, patience: this.#patience });
    const address = rosterAddress(this.#credentials.baseUrl);
    let api: OneRosterApi | null = null;
    const steps = [
      ...connectionSteps(new URL(address.root), http.connect, context.now),
      {
        id: "sign-in",
        name: "Sign-in",
        run: async () => {
          const authority = await this.#signIn(http, context);
          api = apiOf(address.root, http, authority);
          return { evidence: [`${authority.describe()}.`], learned: authority.learned() };
        },
      },
      ...endpointSteps(() => need(api)),
    ];
    yield* closingAfter(http, runSteps(steps));
  }

  async extract(context: SourceContext, options: ExtractOptions): Promise<Extraction> {
    const http = createHttpClient({ context, patience: this.#patience });
    try {
      const authority = await this.#signIn(http, context);
      const districtsBefore = Identity.safeParse(options.identity).data?.orgs ?? [];
      const extraction = await extractRoster({
        api: apiOf(rosterAddress(this.#credentials.baseUrl).root, http, authority),
        context,
        options,
        fullReadDays: this.#credentials.fullReadDays ?? defaultFullReadDays,
        notes: [],
        learned: authority.learned,
        districtsBefore,
      });
      const identity: Identity = { orgs: [...(extraction.districts ?? districtsBefore)] };
      return { ...extraction, identity: () => identity };
    } finally {
      http.close();
    }
  }

  async extractPerson(context: SourceContext, options: PersonOptions): Promise<Extraction> {
    const http = createHttpClient({ context, patience: this.#patience });
    try {
      const authority = await this.#signIn(http, context);
      return await extractOnePerson({
        api: apiOf(rosterAddress(this.#credentials.baseUrl).root, http, authority),
        context,
        options,
        learned: authority.learned,
        districtsBefore: Identity.safeParse(options.identity).data?.orgs ?? [],
      });
    } finally {
      http.close();
    }
  }

  #signIn(http: HttpClient, context: SourceContext): Promise<FoundAuthority> {
    const address = rosterAddress(this.#credentials.baseUrl);
    return findAuthority({ http, credentials: this.#credentials, address, learned: this.#learned, now: context.now });
  }
}

function apiOf(root: string, http: HttpClient, authority: FoundAuthority): OneRosterApi {
  return {
    root,
    http,
    authority,
    pagesAtATime: 4,
    pageSize: 1000,
    notShared: (endpoint) =>
      `In the SIS's settings for API access, allow Aivo's client to read ${endpoint} (scope roster-core.readonly), then test the connection.`,
    notFound: "Check the base URL. It must be that of OneRoster 1.1; an address of OneRoster 1.2 (…/rostering/v1p2) answers like this.",
    notOneRoster: "Check that the base URL is that of a OneRoster 1.1 interface; if it is, send this message to the SIS vendor's support.",
    notThisVersion: "Enter the address of the vendor's OneRoster 1.1 interface as base URL; it usually ends in /ims/oneroster/v1p1.",
  };
}
