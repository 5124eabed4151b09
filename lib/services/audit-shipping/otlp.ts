import { JsonLogsSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { Env } from "#lib/platform/env.ts";
import type { Entry } from "./entry.ts";
import { entryLine } from "./entry.ts";

/** Imported only by a process that ships by OTLP. The SDK's own exporter drops what it cannot send, so of it only the encoding is used. */
type LogRecord = Parameters<typeof JsonLogsSerializer.serializeRequest>[0][number];

/** INFO of the data model of logs. */
const info = 9;

/** An ExportLogsServiceRequest in OTLP's JSON encoding: a record an entry, with the entry's line as its body. */
export function logsRequest({ publicUrl }: Pick<Env, "publicUrl">, entries: readonly Entry[]): Uint8Array {
  const resource = resourceFromAttributes({ "service.name": "aivo", "service.namespace": new URL(publicUrl).host });
  const observed = timeOf(new Date().toISOString());
  const bytes = JsonLogsSerializer.serializeRequest(
    entries.map(
      (entry): LogRecord => ({
        hrTime: timeOf(entry.at),
        hrTimeObserved: observed,
        severityNumber: info,
        severityText: "INFO",
        eventName: "aivo.audit",
        body: entryLine(entry),
        resource,
        instrumentationScope: { name: "aivo.audit" },
        attributes: {
          "aivo.district.id": entry.districtId,
          "aivo.audit.seq": entry.seq,
          "aivo.audit.action": entry.action,
          "aivo.audit.hash": entry.hash,
        },
        droppedAttributesCount: 0,
      }),
    ),
  );
  if (bytes === undefined) throw new Error("The entries could not be encoded");
  return bytes;
}

/** How many records the receiver says it has not taken, of an answer that is well otherwise. */
export function rejectedOf(answer: Uint8Array): number {
  if (answer.length === 0) return 0;
  try {
    return Number(JsonLogsSerializer.deserializeResponse(answer).partialSuccess?.rejectedLogRecords ?? 0);
  } catch {
    return 0;
  }
}

/** Seconds since 1970 and nanoseconds. */
function timeOf(iso: string): [number, number] {
  const ms = Date.parse(iso);
  return [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];
}
