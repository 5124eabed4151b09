import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { afterAll, expect, test } from "vitest";
import { startTracing } from "./tracing.ts";

const bodies: string[] = [];
const collector = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    bodies.push(`${request.url} ${Buffer.concat(chunks)}`);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
});
collector.listen(0, "127.0.0.1");
await once(collector, "listening");
afterAll(() => {
  collector.close();
  trace.disable();
  context.disable();
});

test("of a request's span its method, route and status leave; what was searched for, and an error's words, do not", async () => {
  const tracing = startTracing(`http://127.0.0.1:${(collector.address() as AddressInfo).port}/`, "aivo-web");
  // As Next makes it.
  const span = trace.getTracer("next.js").startSpan("GET /roster/learners?q=Ada", {
    attributes: {
      "http.method": "GET",
      "http.target": "/roster/learners?q=Ada",
      "http.route": "/roster/[kind]",
      "http.status_code": 500,
      "next.span_name": "GET /roster/learners?q=Ada",
      "next.span_type": "BaseServer.handleRequest",
    },
  });
  span.recordException(new Error("duplicate key (ada@school.example)"));
  span.setStatus({ code: SpanStatusCode.ERROR, message: "ada@school.example" });
  span.end();
  await tracing.stop();
  const [said = ""] = bodies;
  expect(said).toMatch(/^\/v1\/traces /);
  for (const word of ["Ada", "ada@", "duplicate", "?q="]) expect(said).not.toContain(word);
  for (const word of ['"GET /roster/learners"', "/roster/[kind]", "http.status_code", "aivo-web"]) expect(said).toContain(word);
});
