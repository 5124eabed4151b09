import { z } from "zod";
import { connectionSteps, need, runSteps } from "#lib/engine/sis/check.ts";
import { createHttpClient, type HttpClient, HttpFailure } from "#lib/engine/sis/http.ts";
import type { OneRosterApi } from "#lib/engine/sis/oneroster/api.ts";
import { endpointSteps } from "#lib/engine/sis/oneroster/check-steps.ts";
import { DistrictOrg } from "#lib/engine/sis/oneroster/district-orgs.ts";
import { extractRoster } from "#lib/engine/sis/oneroster/extract.ts";
import { extractOnePerson } from "#lib/engine/sis/oneroster/person.ts";
import { closingAfter } from "#lib/engine/sis/oneroster/source-end.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import type { CheckStep, Extraction, ExtractOptions, PersonOptions, Source, SourceContext } from "#lib/engine/sis/source.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { rosterAddress } from "./address.ts";
import { type FoundAuthority, Learned } from "./authority.ts";
import { defaultFullReadDays, type OneRosterRestCredentials } from "./credentials.ts";
import { type Opened, type OpenRequest, openInterface, otherVersionThere, probe } from "./open.ts";

/** Which district the SIS is about, by its own records. An address or a client may change and it is the same. */
const Identity = z.object({ orgs: z.array(DistrictOrg) });
type Identity = z.infer<typeof Identity>;

/**
 * OneRoster 1.1 or 1.2 over REST, as any vendor serves it. `learned` is what an earlier connection found out; anything unreadable in it is
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
    const request = this.#openRequest(http, context, null);
    let opened: Opened | null = null;
    const steps = [
      ...connectionSteps(new URL(address.base), http.connect, context.now),
      {
        id: "sign-in",
        name: "Sign-in and version",
        run: async () => {
          opened = await openInterface(request);
          const { version, root, because, authority } = opened;
          const isNothing = (await probe(http, root, authority)) === "nothing";
          const other = isNothing ? await otherVersionThere(request, opened) : null;
          if (other !== null) throw other;
          const told = `OneRoster ${version} at ${new URL(root).pathname}: ${because}.`;
          return { evidence: [`${authority.describe()}.`, told], learned: authority.learned() };
        },
      },
      ...endpointSteps(() => apiOf(need(opened), http)),
    ];
    yield* closingAfter(http, runSteps(steps));
  }

  async extract(context: SourceContext, options: ExtractOptions): Promise<Extraction> {
    const districtsBefore = Identity.safeParse(options.identity).data?.orgs ?? [];
    const extraction = await this.#with(context, options.version ?? null, (api, learned) =>
      extractRoster({
        api,
        context,
        options,
        fullReadDays: this.#credentials.fullReadDays ?? defaultFullReadDays,
        notes: [],
        learned,
        districtsBefore,
      }),
    );
    const identity: Identity = { orgs: [...(extraction.districts ?? districtsBefore)] };
    return { ...extraction, identity: () => identity };
  }

  extractPerson(context: SourceContext, options: PersonOptions): Promise<Extraction> {
    const districtsBefore = Identity.safeParse(options.identity).data?.orgs ?? [];
    return this.#with(context, options.version ?? null, (api, learned) =>
      extractOnePerson({ api, context, options, learned, districtsBefore }),
    );
  }

  /** Opens, reads and closes; where the root is gone, looks for the other version's before it fails. */
  async #with<T>(
    context: SourceContext,
    kept: OneRosterVersion | null,
    read: (api: OneRosterApi, learned: FoundAuthority["learned"]) => Promise<T>,
  ): Promise<T> {
    const http = createHttpClient({ context, patience: this.#patience });
    try {
      const opened = await openInterface(this.#openRequest(http, context, kept));
      try {
        return await read(apiOf(opened, http), opened.authority.learned);
      } catch (error) {
        if (!(error instanceof HttpFailure) || error.status !== 404 || error.place.endpoint !== `${new URL(opened.root).pathname}/orgs`)
          throw error;
        // A read that fails has ended its connections.
        const again = createHttpClient({ context, patience: this.#patience });
        const other = await otherVersionThere(this.#openRequest(again, context, kept), opened).finally(() => again.close());
        throw other ?? error;
      }
    } finally {
      http.close();
    }
  }

  #openRequest(http: HttpClient, context: SourceContext, kept: OneRosterVersion | null): OpenRequest {
    return { http, credentials: this.#credentials, learned: this.#learned, now: context.now, kept };
  }
}

function apiOf({ root, version, authority }: Opened, http: HttpClient): OneRosterApi {
  const ending = version === "1.1" ? "/ims/oneroster/v1p1" : "/ims/oneroster/rostering/v1p2";
  return {
    root,
    version,
    http,
    authority,
    pagesAtATime: 4,
    pageSize: 1000,
    notShared: (endpoint) =>
      `In the SIS's settings for API access, allow Aivo's client to read ${endpoint} (scope roster-core.readonly), then test the connection.`,
    notFound: `Check the base URL. It is read as one of OneRoster ${version}, whose address ends in ${ending}; that of 1.1 ends in /v1p1, that of 1.2 in /rostering/v1p2.`,
    notOneRoster: `Check that the base URL is that of a OneRoster ${version} interface; if it is, send this message to the SIS vendor's support.`,
    notThisVersion:
      "Enter the address of the version that the vendor means as base URL: that of 1.1 usually ends in /ims/oneroster/v1p1, that of 1.2 in /ims/oneroster/rostering/v1p2.",
  };
}
