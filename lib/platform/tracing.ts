import { type Attributes, context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";

/**
 * Traces by OpenTelemetry. Imported only by a process that was told where they go: whoever asks for none loads none of it. Next makes
 * spans of its requests as soon as there is a provider.
 */
export interface Tracing {
  /** Sends what is left, and no more. */
  stop(): Promise<void>;
}

/** @param endpoint of a collector, to which `/v1/traces` is added; OTEL_EXPORTER_OTLP_HEADERS goes with each message */
export function startTracing(endpoint: string, service: "aivo-web" | "aivo-worker"): Tracing {
  const exporter = discreet(new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, "")}/v1/traces` }));
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": service }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(provider);
  return { stop: () => provider.shutdown() };
}

/** What took from when to when, in milliseconds since 1970, and what it was made of. */
export interface Took {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly attributes?: Attributes;
  readonly isFailed?: boolean;
  readonly parts?: readonly Took[];
}

/** Tells afterwards: one span for the whole and one for each part. */
export function recordSpan({ name, from, to, attributes = {}, isFailed = false, parts = [] }: Took): void {
  const span = trace.getTracer("aivo").startSpan(name, { startTime: from, attributes });
  context.with(trace.setSpan(context.active(), span), () => parts.forEach(recordSpan));
  if (isFailed) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(to);
}

/** What may leave of a span. Next's and other libraries' own attributes hold addresses with what somebody searched for, and messages that quote rows. */
const allowed = /^(aivo\.|http\.(request\.)?method$|http\.(response\.)?status_code$|http\.route$|next\.(route|span_type|page)$)/;

function discreet(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.map(withoutPersons), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

function withoutPersons(span: ReadableSpan): ReadableSpan {
  const attributes = Object.fromEntries(Object.entries(span.attributes).filter(([key]) => allowed.test(key)));
  // A name may be a method and an address; ids in it are cut to what they are.
  const name = span.name.replace(/[?#].*$/, "").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, "[id]");
  return Object.create(span, {
    name: { value: name },
    attributes: { value: attributes },
    events: { value: [] },
    links: { value: [] },
    status: { value: { code: span.status.code } },
  }) as ReadableSpan;
}
