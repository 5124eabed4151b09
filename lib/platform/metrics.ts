import { createHash, timingSafeEqual } from "node:crypto";
import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  register,
} from "prom-client";

/**
 * The metrics of this process. Labels are words of ours (states, steps, providers, queues), of which there are a few: no district, run,
 * integration or address, whose number has no end.
 *
 * Next bundles a module for each of its entrances; what was registered by another copy of it is found again by name.
 */
export function counter<Label extends string>(options: CounterConfiguration<Label>): Counter<Label> {
  return (register.getSingleMetric(options.name) as Counter<Label> | undefined) ?? new Counter(options);
}

export function gauge<Label extends string>(options: GaugeConfiguration<Label>): Gauge<Label> {
  return (register.getSingleMetric(options.name) as Gauge<Label> | undefined) ?? new Gauge(options);
}

export function histogram<Label extends string>(options: HistogramConfiguration<Label>): Histogram<Label> {
  return (register.getSingleMetric(options.name) as Histogram<Label> | undefined) ?? new Histogram(options);
}

export const metricsContentType = register.contentType;

/** Everything in Prometheus's text format, with what Node tells of its process. */
export function metricsText(): Promise<string> {
  if (!register.getSingleMetric("process_cpu_user_seconds_total")) collectDefaultMetrics();
  return register.metrics();
}

/** Whether a request's Authorization header is `Bearer`, in whichever case (RFC 9110, 11.1), and the token, compared in constant time. */
export function isBearer(authorization: string | null | undefined, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest((authorization ?? "").replace(/^bearer +/i, "Bearer ")), digest(`Bearer ${token}`));
}
