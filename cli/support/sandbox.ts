import { z } from "zod";
import type { Variables } from "./variables.ts";

const Client = z.object({ clientId: z.string(), clientSecret: z.string() });
const Person = z.object({ givenName: z.string(), familyName: z.string(), email: z.string() });

/** What the sandbox district's servers say of themselves once they listen (sandbox/server.ts). */
export const SandboxReady = z.object({
  ready: z.literal(true),
  host: z.string(),
  port: z.number(),
  username: z.string(),
  password: z.string(),
  directory: z.string(),
  hostKeyFingerprint: z.string(),
  oneRoster: Client.extend({ baseUrl: z.string() }),
  classLink: z.object({
    proxyUrl: z.string(),
    serverUrl: z.string(),
    partnerKey: z.string(),
    tenantId: z.string(),
    applicationId: z.string(),
    bearer: z.string(),
    direct: Client,
  }),
  clever: Client.extend({ apiUrl: z.string(), authUrl: z.string(), districtId: z.string() }),
  controlUrl: z.string(),
  mail: z.object({ smtpUrl: z.string(), url: z.string() }),
  people: z.object({ teacher: Person, learner: Person }),
});
export type SandboxReady = z.infer<typeof SandboxReady>;

/** The product's environment with the sandbox in the place of Clever, ClassLink and a mail server, and trusted although it is on the loopback address. */
export function withSandbox(variables: Variables, sandbox: SandboxReady): Variables {
  const { host, port, oneRoster, classLink, clever, mail } = sandbox;
  const origins = [
    `sftp://${host}:${port}`,
    ...[oneRoster.baseUrl, classLink.proxyUrl, classLink.serverUrl, clever.apiUrl, clever.authUrl].map((url) => new URL(url).origin),
  ];
  return {
    ...variables,
    AIVO_TRUSTED_SIS_ORIGINS: [variables.AIVO_TRUSTED_SIS_ORIGINS, ...origins].filter(Boolean).join(","),
    CLEVER_API_URL: variables.CLEVER_API_URL || clever.apiUrl,
    CLEVER_AUTH_URL: variables.CLEVER_AUTH_URL || clever.authUrl,
    CLASSLINK_PROXY_URL: variables.CLASSLINK_PROXY_URL || classLink.proxyUrl,
    AIVO_SMTP_URL: variables.AIVO_SMTP_URL || mail.smtpUrl,
    AIVO_MAIL_FROM: variables.AIVO_MAIL_FROM || "Aivo <aivo@cedarfalls.example>",
  };
}
