import { randomBytes } from "node:crypto";
import type { Faults } from "#sandbox/http/faults.ts";
import { parameter } from "#sandbox/http/query.ts";
import type { Reply, Request } from "#sandbox/http/server.ts";
import { envelope, refused } from "#sandbox/oneroster/envelope.ts";

export interface ProxyCredentials {
  /** Lists every district that shares with the application. */
  readonly partnerKey: string;
  readonly tenantId: string;
  /** Percent-escaped as the proxy gives it; belongs into the path as it is. */
  readonly applicationId: string;
  /** The district's token. */
  readonly bearer: string;
}

/** How the direct way is reached. */
interface DirectServer {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly endpointUrl: string;
}

interface Tenant {
  readonly tenantId: number;
  readonly name: string;
  status: string;
  isEnabled: boolean;
  isListed: boolean;
  readonly applicationId: string;
  bearer: string;
}

const otherTenants = 130;
const maxLimit = 10_000;

/** The proxy: which districts share with the application, and the way through to ours. The other ones share nothing. */
export class Applications {
  readonly #partnerKey: string;
  readonly #ours: Tenant;
  readonly #tenants: readonly Tenant[];
  readonly #direct: DirectServer;
  #serversShared = true;

  constructor(credentials: ProxyCredentials | undefined, name: string, direct: DirectServer) {
    const given = credentials ?? { partnerKey: "partner-key", tenantId: "77", applicationId: "Ab%2FcdEfGhI%3D", bearer: "district-bearer" };
    this.#partnerKey = given.partnerKey;
    this.#direct = direct;
    this.#ours = {
      tenantId: Number(given.tenantId),
      name,
      status: "Active",
      isEnabled: true,
      isListed: true,
      applicationId: given.applicationId,
      bearer: given.bearer,
    };
    const others = Array.from({ length: otherTenants }, (_, at): Tenant => {
      const id = Buffer.from(`application ${at}/`).toString("base64");
      return {
        tenantId: 1_000 + at,
        name: `Sample Unified ${at + 1}`,
        status: "Active",
        isEnabled: true,
        isListed: true,
        applicationId: encodeURIComponent(id),
        bearer: `other-${at}`,
      };
    });
    // After the first hundred: whoever forgets the limit does not find us.
    this.#tenants = [...others.slice(0, 120), this.#ours, ...others.slice(120)];
  }

  get credentials(): ProxyCredentials {
    const { tenantId, applicationId, bearer } = this.#ours;
    return { partnerKey: this.#partnerKey, tenantId: String(tenantId), applicationId, bearer };
  }

  /** A new token for the district; the one before is worth nothing. */
  renewBearer(): string {
    this.#ours.bearer = randomBytes(12).toString("hex");
    return this.#ours.bearer;
  }

  /** `enabled` is what the district's admin switches; a district that is not listed has never shared, or has withdrawn. */
  change(change: {
    readonly isEnabled?: boolean;
    readonly isListed?: boolean;
    readonly status?: string;
    readonly sharesServer?: boolean;
  }): void {
    if (change.isEnabled !== undefined) this.#ours.isEnabled = change.isEnabled;
    if (change.isListed !== undefined) this.#ours.isListed = change.isListed;
    if (change.status !== undefined) this.#ours.status = change.status;
    if (change.sharesServer !== undefined) this.#serversShared = change.sharesServer;
  }

  /** Matched on the raw path: an application id that was escaped once more is another one. */
  answer(request: Request, faults: Faults, roster: (path: string) => Reply): Reply {
    if (faults.has("token-expired")) this.renewBearer();
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (bearer === undefined || faults.has("revoked")) return unauthorized();
    if (request.path === "/applications") return this.#list(request, bearer, faults);
    const server = /^\/applications\/([^/]+)\/server$/.exec(request.path)?.[1];
    if (server !== undefined) return this.#server(server, bearer);
    const [, applicationId = "", rest = ""] = /^\/([^/]+)(\/ims\/.*)$/.exec(request.path) ?? [];
    const tenant = this.#tenants.find((one) => one.applicationId === applicationId);
    if (!tenant) return { status: 404, body: { message: "Not Found" } };
    const isUsable = tenant.isListed && tenant.isEnabled && tenant.status === "Active";
    if (!isUsable || bearer !== tenant.bearer) return unauthorized();
    return tenant === this.#ours ? roster(rest) : refused(403, "forbidden", "Nothing is shared");
  }

  #list(request: Request, bearer: string, faults: Faults): Reply {
    if (bearer !== this.#partnerKey) return unauthorized();
    if (faults.has("error-200")) return { status: 200, body: envelope("unknown", "The request could not be processed") };
    const limit = Math.min(maxLimit, number(parameter(request.query, "limit"), 100));
    const offset = faults.has("page-loop") ? 0 : number(parameter(request.query, "offset"), 0);
    const listed = this.#tenants.filter((tenant) => tenant.isListed).slice(offset, offset + limit);
    const applications = listed.map((tenant, at) => ({
      id: 4_000 + offset + at,
      application_id: 900,
      tenant_id: tenant.tenantId,
      tenant_name: tenant.name,
      tenant_status: tenant.status,
      enabled: String(tenant.isEnabled),
      bearer: tenant.bearer,
      oneroster_application_id: tenant.applicationId,
      name: "Aivo",
      version: "",
    }));
    return { status: 200, body: { status: 1, [faults.has("wrong-wrapper") ? "items" : "applications"]: applications } };
  }

  #server(applicationId: string, bearer: string): Reply {
    if (applicationId !== this.#ours.applicationId) return { status: 404, body: { message: "Not Found" } };
    if (bearer !== this.#partnerKey && bearer !== this.#ours.bearer) return unauthorized();
    const { clientId, clientSecret, endpointUrl } = this.#direct;
    const server = { client_id: clientId, client_secret: this.#serversShared ? clientSecret : "", endpoint_url: endpointUrl };
    return { status: 200, body: { status: 1, server, message: "" } };
  }
}

function number(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : otherwise;
}

function unauthorized(): Reply {
  return { status: 401, body: { message: "Unauthorized" } };
}
