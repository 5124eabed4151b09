import { createHash } from "node:crypto";
import type { HttpTarget, SyslogTarget } from "#lib/platform/audit-env.ts";
import type { Env } from "#lib/platform/env.ts";

/** A place outside the database that the operator has set, and what goes there. */
export type Destination = { readonly id: string; readonly label: DestinationLabel; readonly carries: "anchors" | "entries" } & (
  | { readonly kind: "directory"; readonly directory: string }
  | { readonly kind: "http" | "otlp"; readonly target: HttpTarget }
  | { readonly kind: "syslog"; readonly target: SyslogTarget }
);

/** As metrics and the doctor call them. */
export const destinationLabels = ["anchors-directory", "anchors-https", "anchors-syslog", "entries-syslog", "entries-otlp"] as const;
export type DestinationLabel = (typeof destinationLabels)[number];

/** Anchors before entries. One whose address is changed is another one, which begins with what it has not got. */
export function destinationsOf({ audit }: Pick<Env, "audit">): readonly Destination[] {
  const { directory, http, syslog } = audit.anchors;
  return [
    ...(directory === null ? [] : [{ ...named("anchors-directory", directory), kind: "directory" as const, directory }]),
    ...(http === null ? [] : [{ ...named("anchors-https", http.url), kind: "http" as const, target: http }]),
    ...(syslog === null ? [] : [{ ...named("anchors-syslog", placeOf(syslog)), kind: "syslog" as const, target: syslog }]),
    ...(audit.syslog === null
      ? []
      : [{ ...named("entries-syslog", placeOf(audit.syslog)), kind: "syslog" as const, target: audit.syslog }]),
    ...(audit.otlp === null ? [] : [{ ...named("entries-otlp", audit.otlp.url), kind: "otlp" as const, target: audit.otlp }]),
  ];
}

/** An address may hold a secret in its path, so the database has a hash of it. */
function named(label: DestinationLabel, place: string) {
  const id = `${label}:${createHash("sha256").update(place).digest("hex").slice(0, 12)}`;
  return { id, label, carries: label.startsWith("anchors") ? ("anchors" as const) : ("entries" as const) };
}

const placeOf = ({ isTls, host, port }: SyslogTarget) => `${isTls ? "tls" : "tcp"}:${host}:${port}`;
