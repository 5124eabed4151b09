import { z } from "zod";
import { type Network, parseNetworks } from "#lib/platform/client-address.ts";
import { isLoopback, transportOf, transportWords } from "#lib/platform/db/tls.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { type LogLevel, logLevels } from "#lib/platform/log-levels.ts";
import { type AuditEnv, auditEnvOf, auditProblem, auditVariables } from "./audit-env.ts";

const secretWords = "must have at least 32 characters; make one with: openssl rand -base64 32";
const monthsWords = "must be a whole number of months, from 1 to 240";
const portWords = "must be a port, from 1 to 65535";
const tokenWords = "must have at least 16 characters; make one with: openssl rand -base64 32";
const keyWords = "must be kid:base64,kid:base64 with 32-byte keys; make one with: openssl rand -base64 32";

const fromWords = "must be an email address, as aivo@example.org or Aivo <aivo@example.org>";
/** An empty variable is one that is not set. */
const orUnset = (value: unknown) => (value === "" ? undefined : value);

/** Whether nobody on the way reads along. */
const isPrivate = (url: string) => new URL(url).protocol === "https:" || isLoopback(new URL(url).hostname);

const DatabaseAddress = z
  .url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL", abort: true })
  .refine((url) => transportOf(url) !== "unsaid", { error: transportWords });

const schema = z
  .object({
    DATABASE_URL: DatabaseAddress,
    AIVO_DISTRICT_DATABASE_URL: z.preprocess(orUnset, DatabaseAddress.optional()),
    AIVO_DATA_DIR: z.string().default(".data"),
    PORT: z.coerce.number().int().min(1).max(65535).default(3000),
    NEXTAUTH_URL: z
      .url({ protocol: /^https?$/, error: "must be an https:// URL", abort: true })
      .refine(isPrivate, { error: "must be an https:// URL, but for this machine: passwords and cookies would be read on the way" })
      .optional(),
    NEXTAUTH_SECRET: z.string({ error: secretWords }).min(32, secretWords),
    AIVO_ENCRYPTION_KEYS: z.string({ error: keyWords }).regex(/^[\w.-]+:[A-Za-z0-9+/]{43}=(,[\w.-]+:[A-Za-z0-9+/]{43}=)*$/, keyWords),
    AIVO_TRUSTED_SIS_ORIGINS: z.string().default(""),
    AIVO_TRUSTED_PROXIES: z
      .string()
      .default("")
      .transform(parseNetworks)
      .refine((networks) => networks !== null, "must be addresses or networks, as 10.0.0.0/8,2001:db8::/32"),
    AIVO_SYNC_HOURS: z.coerce
      .number("must be a number of hours, at most 11")
      .positive("must be more than 0")
      .max(11, "must be at most 11")
      .default(4),
    AIVO_HISTORY_MONTHS: z.coerce.number(monthsWords).int(monthsWords).min(1, monthsWords).max(240, monthsWords).default(24),
    AIVO_SMTP_URL: z.preprocess(orUnset, z.url({ protocol: /^smtps?$/, error: "must be an smtp:// or smtps:// URL" }).optional()),
    AIVO_MAIL_FROM: z.preprocess(
      orUnset,
      z
        .string()
        .regex(/^([^<>]+ )?<?[^@\s<>]+@[^@\s<>]+>?$/, fromWords)
        .optional(),
    ),
    AIVO_LOG_LEVEL: z.preprocess(orUnset, z.enum(logLevels, `must be one of ${logLevels.join(", ")}`).default("info")),
    AIVO_WORKER_PORT: z.preprocess(orUnset, z.coerce.number(portWords).int(portWords).min(0, portWords).max(65535, portWords).optional()),
    AIVO_WORKER_HOST: z.preprocess(orUnset, z.string().default("127.0.0.1")),
    AIVO_BREACHED_PASSWORDS: z.preprocess(orUnset, z.string().optional()),
    AIVO_METRICS_TOKEN: z.preprocess(orUnset, z.string().min(16, tokenWords).optional()),
    OTEL_EXPORTER_OTLP_ENDPOINT: z.preprocess(
      orUnset,
      z.url({ protocol: /^https?$/, error: "must be an http:// or https:// URL" }).optional(),
    ),
    ...auditVariables,
    AIVO_DEMO: z.enum(["0", "1"]).default("1"),
    AIVO_SAMPLE_CREDENTIALS: z.preprocess(orUnset, z.string().optional()),
    CLEVER_API_URL: z.url().default("https://api.clever.com"),
    CLEVER_AUTH_URL: z.url().default("https://clever.com"),
    CLASSLINK_PROXY_URL: z.url().default("https://oneroster-proxy.apis.classlink.com"),
  })
  .refine((env) => env.AIVO_SMTP_URL === undefined || env.AIVO_MAIL_FROM !== undefined, {
    path: ["AIVO_MAIL_FROM"],
    error: `is needed with AIVO_SMTP_URL: it ${fromWords}`,
  })
  .superRefine((env, context) => {
    const problem = auditProblem(env);
    if (problem !== null) context.addIssue({ code: "custom", path: [problem.variable], message: problem.words });
  });

/** Every variable that there is. */
export const variableNames: readonly string[] = Object.keys(schema.shape);

/** The environment, parsed once by each process and passed down; nothing else reads process.env. */
export interface Env {
  readonly databaseUrl: string;
  /** The same database as the role that enters districts (lib/platform/db/roles.ts); null: this process signs in as the owner for that, too. */
  readonly districtDatabaseUrl: string | null;
  readonly dataDirectory: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly sessionSecret: string;
  readonly encryptionKeys: string;
  readonly trustedOrigins: ReadonlySet<string>;
  /** Proxies that are believed about whom they ask for. */
  readonly trustedProxies: readonly Network[];
  /** The longest that one sync may take, in hours. */
  readonly syncHours: number;
  /** How many whole months the changes of a sync are kept. */
  readonly historyMonths: number;
  /** Where email leaves, and as whose; null: there is none. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null;
  readonly logLevel: LogLevel;
  /** Where a worker answers for its health and gives its metrics; null: nowhere. Port 0: any that is free. */
  readonly workerServer: { readonly host: string; readonly port: number } | null;
  /** What a scraper of metrics has to know; null: web gives none, and a worker to whoever reaches its port. */
  readonly metricsToken: string | null;
  /** A file of the hashes of passwords that got out; null: only common ones are known. */
  readonly breachedPasswords: string | null;
  /** Where traces go, by OTLP over HTTP; null: none are made. */
  readonly traceEndpoint: string | null;
  /** Where the districts' audit logs are anchored and carried to. */
  readonly audit: AuditEnv;
  readonly isDemo: boolean;
  /** The file with the sandbox's credentials, which Add Integration offers to fill in; null: there is no sandbox. */
  readonly sampleCredentials: string | null;
  readonly cleverApiUrl: string;
  readonly cleverAuthUrl: string;
  readonly classlinkProxyUrl: string;
}

/** @throws ServiceError `precondition` naming each variable that is missing or wrong, and the remedy */
export function parseEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  const parsed = schema.safeParse(variables);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new ServiceError(
      "precondition",
      `The environment is not complete (docs/operations.md explains each variable):\n${lines.join("\n")}`,
    );
  }
  const env = parsed.data;
  return {
    databaseUrl: env.DATABASE_URL,
    districtDatabaseUrl: env.AIVO_DISTRICT_DATABASE_URL ?? null,
    dataDirectory: env.AIVO_DATA_DIR,
    port: env.PORT,
    publicUrl: env.NEXTAUTH_URL ?? `http://localhost:${env.PORT}`,
    sessionSecret: env.NEXTAUTH_SECRET,
    encryptionKeys: env.AIVO_ENCRYPTION_KEYS,
    trustedOrigins: new Set(
      env.AIVO_TRUSTED_SIS_ORIGINS.split(",")
        .map((origin) => origin.trim().toLowerCase())
        .filter(Boolean),
    ),
    trustedProxies: env.AIVO_TRUSTED_PROXIES ?? [],
    syncHours: env.AIVO_SYNC_HOURS,
    historyMonths: env.AIVO_HISTORY_MONTHS,
    mail: env.AIVO_SMTP_URL && env.AIVO_MAIL_FROM ? { smtpUrl: env.AIVO_SMTP_URL, from: env.AIVO_MAIL_FROM } : null,
    logLevel: env.AIVO_LOG_LEVEL,
    workerServer: env.AIVO_WORKER_PORT === undefined ? null : { host: env.AIVO_WORKER_HOST, port: env.AIVO_WORKER_PORT },
    metricsToken: env.AIVO_METRICS_TOKEN ?? null,
    breachedPasswords: env.AIVO_BREACHED_PASSWORDS ?? null,
    traceEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    audit: auditEnvOf(env),
    isDemo: env.AIVO_DEMO === "1",
    sampleCredentials: env.AIVO_SAMPLE_CREDENTIALS ?? null,
    cleverApiUrl: env.CLEVER_API_URL,
    cleverAuthUrl: env.CLEVER_AUTH_URL,
    classlinkProxyUrl: env.CLASSLINK_PROXY_URL,
  };
}
