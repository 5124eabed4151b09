import { z } from "zod";
import { readJson } from "#app/api/v1/body.ts";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { adminScope } from "#app/session.ts";
import { providerIds } from "#lib/engine/sis/providers.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { type TestTarget, testConnection } from "#lib/services/integrations/test-connection.ts";

const Target = z.union([
  z.object({ integrationId: z.string(), edits: z.record(z.string(), z.unknown()).optional() }),
  z.object({ provider: z.enum(providerIds), credentials: z.record(z.string(), z.unknown()) }),
]);

/**
 * Test Connection, live: one line of JSON for each step as it begins and ends. A reader that leaves stops the test. What is
 * wrong with the form is answered before the stream begins, with messages by field.
 */
export async function POST(request: Request): Promise<Response> {
  return routeResult(async () => {
    const scope = await adminScope("change-integrations");
    const parsed = Target.safeParse(await readJson(request));
    if (!parsed.success) throw new ServiceError("invalid", "The request is not a connection to test.");
    const left = new AbortController();
    const signal = AbortSignal.any([request.signal, left.signal]);
    const steps = testConnection(await services(), scope, parsed.data as TestTarget, signal)[Symbol.asyncIterator]();
    const first = await steps.next();
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => (first.done ? controller.close() : controller.enqueue(encoder.encode(`${JSON.stringify(first.value)}\n`))),
      async pull(controller) {
        try {
          const next = await steps.next();
          if (next.done) controller.close();
          else controller.enqueue(encoder.encode(`${JSON.stringify(next.value)}\n`));
        } catch {
          // The reader has left, or the step's own words are all there is to say.
          controller.close();
        }
      },
      async cancel() {
        left.abort();
        await steps.return?.(undefined);
      },
    });
    return new Response(body, {
      headers: { "content-type": "application/x-ndjson", "cache-control": "no-store, no-transform", "x-accel-buffering": "no" },
    });
  });
}
