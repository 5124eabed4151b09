/** Every address of the portal, built in one place; a query is left out where its value is empty. */
type Query = Readonly<Record<string, string | number | null | undefined>>;

export type RosterKind = "schools" | "classrooms" | "teachers" | "learners";

const integrationsRoot = "/integrations";
const integration = (id: string) => `${integrationsRoot}/${encodeURIComponent(id)}`;
const run = (integrationId: string, runId: string) => `${integration(integrationId)}/runs/${encodeURIComponent(runId)}`;

export const paths = {
  root: () => "/",
  /** `anew`: to show again who one is, also where the district's provider would let one in without asking. */
  signIn: (returnTo?: string, anew?: "1") => withQuery("/sign-in", { returnTo, anew }),
  /** The district's own link: its ways in are there from the beginning. */
  districtSignIn: (districtId: string) => withQuery("/sign-in", { district: districtId }),
  /** Where one lands whom the district's own accounts did not sign in. */
  signInRefused: (query: { readonly refused: string; readonly district: string | null; readonly returnTo: string | null }) =>
    withQuery("/sign-in", query),
  /** Where one lands after changing the password, which ends every session. */
  passwordChanged: () => withQuery("/sign-in", { password: "changed" }),
  /** Where whoever has forgotten the password asks for a link. */
  forgotPassword: () => "/sign-in/forgot",
  /** Where a link of an email leads, its token after `#`. */
  choosePassword: () => "/choose-password",
  home: () => "/home",
  /** The own password and sessions, of teachers and learners; admins have them under Settings. */
  ownSignIn: () => "/home/sign-in",

  overview: () => "/overview",

  roster: (kind: RosterKind = "schools", query: Query = {}) => withQuery(`/roster/${kind}`, query),
  rosterRecord: (kind: RosterKind, id: string, query: Query = {}) => withQuery(`/roster/${kind}/${encodeURIComponent(id)}`, query),

  /** What admins edited and decided against a SIS. */
  rosterEdits: (query: Query = {}) => withQuery("/roster/edits", query),

  /** Of whom a sync could not tell who they are. */
  conflicts: (query: Query = {}) => withQuery("/conflicts", query),
  conflict: (integrationId: string, seq: number, query: Query = {}) =>
    withQuery(`/conflicts/${encodeURIComponent(integrationId)}/${seq}`, query),

  /** The product's own documentation: a page of it ("providers/clever"), and what stands there under a heading. */
  help: (page = "", anchor = "") => `/help${page === "" ? "" : `/${page}`}${anchor === "" ? "" : `#${anchor}`}`,
  /** Why somebody is, or is not, in Aivo. */
  why: (query: Query = {}) => withQuery("/why", query),
  /** `who`: a person, `sees`: a class, as lib/services/why names them. */
  whyPerson: (query: Query) => withQuery("/why/person", query),

  integrations: (query: Query = {}) => withQuery(integrationsRoot, query),
  /** Whose values win where several have a record. */
  integrationOrder: () => `${integrationsRoot}/order`,
  newIntegration: (query: Query = {}) => withQuery(`${integrationsRoot}/new`, query),
  integration: (id: string, query: Query = {}) => withQuery(integration(id), query),
  withheld: (id: string, query: Query = {}) => withQuery(`${integration(id)}/withheld`, query),
  integrationScope: (id: string) => `${integration(id)}/scope`,
  disconnect: (id: string) => `${integration(id)}/disconnect`,
  editIntegration: (id: string) => `${integration(id)}/edit`,
  /** Where an authorization ends that belongs to no integration. */
  authorizationProblem: (outcome: string) => withQuery(`${integrationsRoot}/authorize`, { outcome }),
  run: (integrationId: string, runId: string) => run(integrationId, runId),
  runIssues: (integrationId: string, runId: string, query: Query = {}) => withQuery(`${run(integrationId, runId)}/issues`, query),
  runIssue: (integrationId: string, runId: string, seq: number) => `${run(integrationId, runId)}/issues/${seq}`,
  runChanges: (integrationId: string, runId: string, query: Query = {}) => withQuery(`${run(integrationId, runId)}/changes`, query),

  auditLog: (query: Query = {}) => withQuery("/audit-log", query),
  /** Who was shown whose data. */
  views: (query: Query = {}) => withQuery("/audit-log/views", query),
  settings: () => "/settings",
  retention: (query: Query = {}) => withQuery("/settings/retention", query),
  team: () => "/settings/team",
  notifications: () => "/settings/notifications",
  webhooks: () => "/settings/webhooks",
  apiAccess: () => "/settings/api",
  apiReference: () => "/settings/api/reference",
  password: () => "/settings/password",
  /** How the district's people sign in. */
  signInSettings: () => "/settings/sign-in",

  api: {
    auth: () => "/api/auth",
    /** A way in of a district's own; the browser leaves for its provider. */
    beginSignIn: (query: { readonly district: string; readonly provider: string; readonly returnTo: string; readonly anew?: "1" }) =>
      withQuery("/api/sign-in/begin", query),
    /** Registered with a district's provider, to the letter. */
    signInCallback: () => "/api/sign-in/callback",
    health: () => "/api/health",
    /** The door of programs, which has no page's session. */
    v1: () => "/api/v1",
    openApi: () => "/api/v1/openapi.json",
    oauthToken: () => "/oauth/token",
    peopleExport: (role: "teacher" | "learner", query: Query = {}) => withQuery("/api/roster/people", { role, ...query }),
    schoolOptions: () => "/api/roster/schools",
    editsExport: (query: Query = {}) => withQuery("/api/roster/edits", query),
    personExport: (id: string) => `/api/people/${encodeURIComponent(id)}/export`,
    incidents: () => "/api/incidents",
    /** The one search; what is looked for goes in the body. */
    find: () => "/api/find",
    helpImage: (name: string) => `/api/help/images/${encodeURIComponent(name)}`,
    findAbout: (query: Query = {}) => withQuery("/api/find/about", query),
    auditExport: (query: Query = {}) => withQuery("/api/audit-log/export", query),
    viewsExport: (query: Query = {}) => withQuery("/api/audit-log/views", query),
    run: (runId: string) => `/api/runs/${encodeURIComponent(runId)}`,
    planParts: (runId: string) => `/api/runs/${encodeURIComponent(runId)}/parts`,
    runIssuesExport: (runId: string, query: Query = {}) => withQuery(`/api/runs/${encodeURIComponent(runId)}/issues`, query),
    runChangesExport: (runId: string, query: Query = {}) => withQuery(`/api/runs/${encodeURIComponent(runId)}/changes`, query),
    integration: (id: string) => `/api/integrations/${encodeURIComponent(id)}`,
    historyExport: (id: string, query: Query = {}) => withQuery(`/api/integrations/${encodeURIComponent(id)}/history`, query),
    testConnection: () => "/api/integrations/test",
    /** Registered with Clever's application, to the letter. */
    authorizationCallback: () => "/api/integrations/authorize/callback",
  },
} as const;

function withQuery(path: string, query: Query): string {
  const kept = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === "" ? [] : [[name, String(value)]],
  );
  return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept).toString()}`;
}

/**
 * Where to go after signing in: an address of this portal, and nothing else. `//host`, `/\host` and full URLs would lead
 * away, so they count for nothing.
 */
export function safeReturnTo(value: string | null | undefined): string {
  const fallback = paths.root();
  if (!value?.startsWith("/") || [...value].some((character) => character < " " || character === "\\")) return fallback;
  const origin = "http://portal.invalid";
  const url = URL.parse(value, origin);
  if (
    url === null ||
    url.origin !== origin ||
    url.pathname.startsWith("//") ||
    url.pathname === "/sign-in" ||
    url.pathname === paths.forgotPassword() ||
    url.pathname === paths.choosePassword() ||
    url.pathname.startsWith("/api/")
  )
    return fallback;
  return url.pathname + url.search;
}
