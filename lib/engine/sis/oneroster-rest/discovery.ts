/** The discovery file of OneRoster 1.2: an OpenAPI document of what the server offers, where it offers one. Help alone, never needed. */
import type { HttpClient } from "#lib/engine/sis/http.ts";
import { isObject } from "#lib/engine/sis/oneroster/records.ts";

/** The binding's name, and that of the conformance suite. */
const fileNames = ["onerosterv1p2rostersservice_openapi3_v1p0.json", "imsorv1p2_rostering_openapi3_v1p0.json"] as const;
const noFile = [301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 406, 410] as const;

/**
 * The token address that the server names there; null where there is no such file, or it names none. It may lie on any host: whoever
 * uses it decides whether a secret may go there. @throws RunFailure for connections, RunCancelled
 */
export async function discoverTokenUrl(http: HttpClient, root: string): Promise<URL | null> {
  for (const name of fileNames) {
    const answer = await http
      .request({ url: new URL(`${root}/discovery/${name}`), step: "sign in", expect: noFile, attempts: 1 })
      .catch(() => null);
    const found = answer === null || answer.status >= 300 ? null : tokenUrlIn(answer.tryJson, root);
    if (found !== null) return found;
  }
  return null;
}

function tokenUrlIn(document: unknown, root: string): URL | null {
  const components = isObject(document) ? document.components : undefined;
  const schemes = isObject(components) ? components.securitySchemes : undefined;
  for (const scheme of isObject(schemes) ? Object.values(schemes) : []) {
    const flows = isObject(scheme) ? scheme.flows : undefined;
    const flow = isObject(flows) ? flows.clientCredentials : undefined;
    const url = isObject(flow) && typeof flow.tokenUrl === "string" ? URL.parse(flow.tokenUrl, root) : null;
    if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.hash === "") return url;
  }
  return null;
}
