import { z } from "zod";

const keyWords = "must be 32 bytes in base64; make one with: openssl rand -base64 32";
const syslogWords = "must be syslog+tls://host:6514 or syslog+tcp://host:601";
const httpsWords = "must be an https:// URL (http:// for this machine alone)";
const minuteWords = "must be a whole number of minutes, from 1 to 1440";

const orUnset = (value: unknown) => (value === "" ? undefined : value);
const optional = <T extends z.ZodType>(type: T) => z.preprocess(orUnset, type.optional());
const syslogUrl = z
  .string()
  .refine((text) => /^syslog\+(tls|tcp):$/.test(urlOf(text)?.protocol ?? "") && urlOf(text)?.hostname, syslogWords);
/** A bearer token goes with it, so that nobody on the way may read it. */
const safeUrl = z.string().refine((text) => {
  const url = urlOf(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname));
}, httpsWords);
const token = z.string().min(1);

export const auditVariables = {
  AIVO_AUDIT_ANCHOR_KEY: optional(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, keyWords)),
  AIVO_AUDIT_ANCHOR_DIR: optional(z.string()),
  AIVO_AUDIT_ANCHOR_URL: optional(safeUrl),
  AIVO_AUDIT_ANCHOR_TOKEN: optional(token),
  AIVO_AUDIT_ANCHOR_SYSLOG: optional(syslogUrl),
  AIVO_AUDIT_ANCHOR_MINUTES: z.preprocess(
    orUnset,
    z.coerce.number(minuteWords).int(minuteWords).min(1, minuteWords).max(1440, minuteWords).default(5),
  ),
  AIVO_AUDIT_SYSLOG: optional(syslogUrl),
  AIVO_AUDIT_SYSLOG_CA: optional(z.string()),
  AIVO_AUDIT_OTLP_URL: optional(safeUrl),
  AIVO_AUDIT_OTLP_TOKEN: optional(token),
} as const;
const schema = z.object(auditVariables);
type Variables = z.infer<typeof schema>;

/** An address outside, and what is shown to it; null: nothing. */
export interface HttpTarget {
  readonly url: string;
  readonly token: string | null;
}

export interface SyslogTarget {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** A file of certificates that are believed beside those of the system's; null: none. */
  readonly caFile: string | null;
}

/** Where audit logs go beside the database; null each: nowhere. */
export interface AuditEnv {
  readonly anchors: {
    /** The seed of the Ed25519 key that signs them; null: there are none. */
    readonly key: string | null;
    readonly everyMinutes: number;
    readonly directory: string | null;
    readonly http: HttpTarget | null;
    readonly syslog: SyslogTarget | null;
  };
  readonly syslog: SyslogTarget | null;
  readonly otlp: HttpTarget | null;
}

/** What does not fit together. */
export function auditProblem(variables: Variables): { readonly variable: keyof Variables; readonly words: string } | null {
  const places = [variables.AIVO_AUDIT_ANCHOR_DIR, variables.AIVO_AUDIT_ANCHOR_URL, variables.AIVO_AUDIT_ANCHOR_SYSLOG];
  if (variables.AIVO_AUDIT_ANCHOR_KEY === undefined && places.some((place) => place !== undefined))
    return { variable: "AIVO_AUDIT_ANCHOR_KEY", words: `is needed where anchors go somewhere: it ${keyWords}` };
  return null;
}

export function auditEnvOf(variables: Variables): AuditEnv {
  const caFile = variables.AIVO_AUDIT_SYSLOG_CA ?? null;
  return {
    anchors: {
      key: variables.AIVO_AUDIT_ANCHOR_KEY ?? null,
      everyMinutes: variables.AIVO_AUDIT_ANCHOR_MINUTES,
      directory: variables.AIVO_AUDIT_ANCHOR_DIR ?? null,
      http: httpOf(variables.AIVO_AUDIT_ANCHOR_URL, variables.AIVO_AUDIT_ANCHOR_TOKEN),
      syslog: syslogOf(variables.AIVO_AUDIT_ANCHOR_SYSLOG, caFile),
    },
    syslog: syslogOf(variables.AIVO_AUDIT_SYSLOG, caFile),
    otlp: httpOf(variables.AIVO_AUDIT_OTLP_URL, variables.AIVO_AUDIT_OTLP_TOKEN),
  };
}

function httpOf(url: string | undefined, given: string | undefined): HttpTarget | null {
  return url === undefined ? null : { url: url.replace(/\/$/, ""), token: given ?? null };
}

function syslogOf(text: string | undefined, caFile: string | null): SyslogTarget | null {
  const url = text === undefined ? null : urlOf(text);
  if (url === null) return null;
  const isTls = url.protocol === "syslog+tls:";
  return { isTls, host: url.hostname.replace(/^\[|\]$/g, ""), port: url.port === "" ? (isTls ? 6514 : 601) : Number(url.port), caFile };
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
