import type { ProviderId } from "#lib/engine/sis/providers.ts";

/** Fields that say where a secret is sent and for whom. A stored secret never goes to another of these. */
export const destinationFields: Record<ProviderId, readonly string[]> = {
  "oneroster-csv": ["host", "port", "username"],
  "oneroster-rest": ["baseUrl", "tokenUrl", "clientId"],
  classlink: ["serverUrl", "tenantId", "clientId"],
  clever: ["clientId", "districtId"],
};

/** How the fields of all credential forms are called on the page. */
export const credentialLabels: Readonly<Record<string, string>> = {
  name: "Name in Aivo",
  host: "Host",
  port: "Port",
  username: "User name",
  password: "Password",
  privateKey: "Private key",
  passphrase: "Passphrase",
  directory: "Remote directory",
  baseUrl: "Base URL",
  clientId: "Client ID",
  clientSecret: "Client Secret",
  tenantId: "Tenant ID",
  serverUrl: "Server URL",
  districtId: "District ID",
  accessToken: "Access token",
  version: "OneRoster version",
  authentication: "Authentication",
  tokenUrl: "Token URL",
  scopes: "Scopes",
  secretIn: "Where the client secret goes",
  signature: "Signing method",
  fullReadDays: "Full read at least every … days",
  schedule: "Schedule",
};
