import type { Reply } from "#sandbox/http/server.ts";
import { scopePrefix12 } from "./tokens.ts";

/** The two published names of the description that a 1.2 server gives of itself. */
export const discoveryFiles = ["onerosterv1p2rostersservice_openapi3_v1p0.json", "imsorv1p2_rostering_openapi3_v1p0.json"] as const;

const offered = [
  ...["academicSessions", "terms", "gradingPeriods", "orgs", "schools", "courses", "classes"],
  ...["users", "students", "teachers", "enrollments", "demographics"],
];

/** An OpenAPI 3 document: what is offered, where tokens are given, for which scopes; null under another name. */
export function discovered(file: string, at: { readonly origin: string; readonly root: string; readonly tokenUrl: string }): Reply | null {
  if (!discoveryFiles.some((known) => known === file)) return null;
  const scopes = ["roster-core.readonly", "roster.readonly", "roster-demographics.readonly"];
  const uris = (names: readonly string[]) => names.map((name) => `${scopePrefix12}${name}`);
  const paths = offered.map((name) => {
    const wanted = name === "demographics" ? ["roster-demographics.readonly"] : ["roster.readonly", "roster-core.readonly"];
    return [
      `/${name}`,
      { get: { operationId: `get${name}`, security: [{ OAuth2CC: uris(wanted) }], responses: { 200: { description: "ok" } } } },
    ];
  });
  const flow = { tokenUrl: at.tokenUrl, scopes: Object.fromEntries(uris(scopes).map((uri) => [uri, "reads"])) };
  const body = {
    openapi: "3.0.1",
    info: { title: "OneRoster Rostering Service", version: "1.2" },
    servers: [{ url: `${at.origin}${at.root}` }],
    paths: Object.fromEntries(paths),
    components: { securitySchemes: { OAuth2CC: { type: "oauth2", flows: { clientCredentials: flow } } } },
  };
  return { status: 200, body };
}
