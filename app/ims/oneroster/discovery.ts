import { paths } from "#app/paths.ts";
import type { OneRosterVersion } from "#lib/roster/version-change.ts";
import { oneRosterScopes } from "#lib/services/api/oauth.ts";
import { listAddresses } from "#lib/services/oneroster/endpoints.ts";
import { rosteringServices } from "#lib/services/oneroster/version.ts";

/** Under either name, for both are asked for: the binding's, and that of the conformance tests. */
const names = ["onerosterv1p2rostersservice_openapi3_v1p0.json", "imsorv1p2_rostering_openapi3_v1p0.json"];

/** OneRoster 1.2's description of the service, for whoever asks (OpenAPI 3); null: the address is another. */
export function describeService(
  publicUrl: string,
  version: OneRosterVersion,
  parts: readonly string[],
): Readonly<Record<string, unknown>> | null {
  const [folder, name = "", ...more] = parts;
  if (version !== "1.2" || folder !== "discovery" || !names.includes(name) || more.length > 0) return null;
  const { root, scopePrefix } = rosteringServices[version];
  const address = (path: string) => new URL(path, publicUrl).href;
  const scopes = oneRosterScopes.map((scope) => `${scopePrefix}${scope}`);
  const flow = {
    tokenUrl: address(paths.api.oauthToken()),
    scopes: Object.fromEntries(scopes.map((scope) => [scope, "Reads the roster"])),
  };
  const reads = listAddresses.flatMap((list) => {
    const isBelow = list.includes("*");
    const allowed = isBelow ? scopes.filter((scope) => scope.endsWith("/roster.readonly")) : scopes;
    return [...(isBelow ? [] : [`${list}/*`]), list].map((path) => [addressOf(path), { get: operation(path, allowed) }]);
  });
  return {
    openapi: "3.0.1",
    info: { title: "OneRoster Rostering Service", version: "1.2", description: "The roster as Aivo has it, to be read." },
    servers: [{ url: address(root) }],
    paths: Object.fromEntries(reads),
    components: { securitySchemes: { OAuth2CC: { type: "oauth2", flows: { clientCredentials: flow } } } },
  };
}

/** `/schools/{schoolsSourcedId}/classes`. */
const addressOf = (path: string): string => `/${path.replaceAll(/(\w+)\/\*/g, (_whole, name) => `${name}/{${name}SourcedId}`)}`;

/** Any one of the scopes opens it. */
function operation(path: string, scopes: readonly string[]) {
  const parameters = [...path.matchAll(/(\w+)\/\*/g)].map(([, name]) => ({
    name: `${name}SourcedId`,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return { parameters, security: scopes.map((scope) => ({ OAuth2CC: [scope] })), responses: { 200: { description: "OK" } } };
}
