import { connectionSteps, need, runSteps } from "#lib/engine/sis/check.ts";
import { createHttpClient, type HttpClient } from "#lib/engine/sis/http.ts";
import { askApi, type OneRosterApi, queryOf } from "#lib/engine/sis/oneroster/api.ts";
import { endpointSteps } from "#lib/engine/sis/oneroster/check-steps.ts";
import type { DistrictOrg } from "#lib/engine/sis/oneroster/district-orgs.ts";
import { extractRoster } from "#lib/engine/sis/oneroster/extract.ts";
import { extractOnePerson } from "#lib/engine/sis/oneroster/person.ts";
import { closingAfter } from "#lib/engine/sis/oneroster/source-end.ts";
import { defaultFullReadDays } from "#lib/engine/sis/oneroster-rest/credentials.ts";
import { otherDistrictRemedy } from "#lib/engine/sis/other-district.ts";
import type { Patience } from "#lib/engine/sis/patience.ts";
import type { CheckStep, Extraction, ExtractOptions, PersonOptions, Source, SourceContext } from "#lib/engine/sis/source.ts";
import { RunFailure } from "#lib/platform/errors.ts";
import { type Connected, connectToDistrict, Learned } from "./connect.ts";
import type { ClassLinkCredentials } from "./credentials.ts";
import { formerApplication, formerTenant, identityAfter, readIdentity } from "./identity.ts";
import { type ClassLinkWay, wayOf } from "./way.ts";

/** Few: its pages are slow, and its limits are not published. */
const requestsAtATime = 2;

export interface ClassLinkSourceRequest {
  readonly credentials: ClassLinkCredentials;
  readonly learned: unknown;
  readonly patience: Patience;
  /** CLASSLINK_PROXY_URL. */
  readonly proxyUrl: string;
}

/** ClassLink Roster Server, straight at the district's server or through the proxy; OneRoster 1.1 behind both. */
export function createClassLinkSource(request: ClassLinkSourceRequest): Source {
  const way = wayOf(request.credentials);
  return {
    provider: "classlink",
    check: (context) => check(request, way, context),
    extract: (context, options) => extract(request, way, context, options),
    extractPerson: (context, options) => extractPerson(request, way, context, options),
  };
}

async function* check(request: ClassLinkSourceRequest, way: ClassLinkWay, context: SourceContext): AsyncGenerator<CheckStep> {
  const http = openHttp(request, context);
  let connected: Connected | null = null;
  const url = new URL(way.kind === "direct" ? way.root : request.proxyUrl);
  const api = () => apiOf(way, need(connected), http);
  const steps = [
    ...connectionSteps(url, http.connect, context.now),
    { id: "way", name: "Way in", run: async () => ({ evidence: [`${way.because[0]?.toUpperCase()}${way.because.slice(1)}.`] }) },
    {
      id: "sign-in",
      name: way.kind === "lookup" ? "Sign-in and district" : "Sign-in",
      run: async () => {
        connected = await connect(request, way, http, context);
        const { authority, evidence, learned } = connected;
        await askApi(api(), { endpoint: "/orgs", query: queryOf({ limit: 1 }), page: 1, expect: [400, 403, 404, 422] });
        return { evidence: [`${authority.describe()} is accepted.`, ...evidence], learned: learned() };
      },
    },
    ...endpointSteps(api),
  ];
  yield* closingAfter(http, runSteps(steps));
}

function extract(request: ClassLinkSourceRequest, way: ClassLinkWay, context: SourceContext, options: ExtractOptions): Promise<Extraction> {
  const { credentials } = request;
  return withSameDistrict(request, way, context, options.identity, async ({ connected, before, ...reached }) => {
    const extraction = await extractRoster({
      ...reached,
      context,
      options,
      fullReadDays: credentials.fullReadDays ?? defaultFullReadDays,
      notes: way.kind === "application" && way.note !== null ? [way.note] : [],
      learned: connected.learned,
    });
    const identity = identityAfter(before, credentials, { applicationId: connected.applicationId, orgs: extraction.districts });
    return { ...extraction, identity: () => identity };
  });
}

function extractPerson(
  request: ClassLinkSourceRequest,
  way: ClassLinkWay,
  context: SourceContext,
  options: PersonOptions,
): Promise<Extraction> {
  return withSameDistrict(request, way, context, options.identity, ({ api, connected, districtsBefore }) =>
    extractOnePerson({ api, context, options, learned: connected.learned, districtsBefore }),
  );
}

interface Reached {
  readonly api: OneRosterApi;
  readonly connected: Connected;
  readonly before: ReturnType<typeof readIdentity>;
  /** None where the application tells that it is the same district. */
  readonly districtsBefore: readonly DistrictOrg[];
}

/** Connects, works and disconnects. @throws RunFailure `configuration` for another district than `identity` tells of */
async function withSameDistrict<T>(
  request: ClassLinkSourceRequest,
  way: ClassLinkWay,
  context: SourceContext,
  identity: unknown,
  work: (reached: Reached) => Promise<T>,
): Promise<T> {
  const { credentials } = request;
  const before = readIdentity(identity);
  const former = formerTenant(before, credentials);
  if (former !== null) throw otherTenant(former, credentials.tenantId);
  const http = openHttp(request, context);
  try {
    const connected = await connect(request, way, http, context);
    const { applicationId } = connected;
    const formerId = formerApplication(before, way, applicationId);
    if (formerId !== null) throw otherTenant(formerId, credentials.tenantId);
    const isSameApplication = applicationId !== null && applicationId === before?.applicationId;
    return await work({
      api: apiOf(way, connected, http),
      connected,
      before,
      districtsBefore: isSameApplication ? [] : (before?.orgs ?? []),
    });
  } finally {
    http.close();
  }
}

function otherTenant(former: string, now: string): RunFailure {
  return new RunFailure({
    code: "configuration",
    step: "connect",
    message: `The Tenant ID ${now} is another district of ClassLink than ${former}, which this integration rosters. Nothing was read and nothing was changed.`,
    remedy: otherDistrictRemedy("that Tenant ID"),
  });
}

function openHttp({ patience }: ClassLinkSourceRequest, context: SourceContext): HttpClient {
  return createHttpClient({ context, patience, maxConnections: requestsAtATime });
}

function connect(
  { credentials, learned, proxyUrl }: ClassLinkSourceRequest,
  way: ClassLinkWay,
  http: HttpClient,
  { now }: SourceContext,
): Promise<Connected> {
  return connectToDistrict({ http, credentials, way, proxyUrl, now, learned: Learned.safeParse(learned).data ?? {} });
}

function apiOf(way: ClassLinkWay, { root, authority }: Connected, http: HttpClient): OneRosterApi {
  return {
    root,
    // Its help speaks of no other.
    version: "1.1",
    http,
    authority,
    pagesAtATime: requestsAtATime,
    pageSize: 1000,
    notShared: (endpoint) => `In ClassLink Roster Server, open Aivo's application and share ${endpoint} with it, then test the connection.`,
    notFound: notFound[way.kind],
    notOneRoster: `${way.kind === "direct" ? `${notFound.direct} If it is, s` : "S"}end this message to ClassLink's support.`,
    notThisVersion: "Ask ClassLink's support to let Aivo's application read OneRoster 1.1.",
  };
}

const notFound: Record<ClassLinkWay["kind"], string> = {
  direct: "Check the Server URL: it must be that of the district's Roster Server, which ends before /ims/oneroster/v1p1.",
  application:
    "Check the Tenant ID: it must be the application ID just as ClassLink shows it, with its escapes (such as %2F). A district's tenant ID of digits is looked up instead.",
  lookup:
    "Ask the district's ClassLink administrator whether the roster is still shared with Aivo; if it is, send this message to ClassLink's support.",
};
