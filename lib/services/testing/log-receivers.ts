import { once } from "node:events";
import { createServer as createHttp, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, createServer as createTcp, type Socket } from "node:net";
import { createServer as createTls } from "node:tls";
import { z } from "zod";
import type { TestCertificate } from "#lib/engine/testing/sis/certificates.ts";

/** How a receiver of syslog takes the next connections: in order; without a word; closing at once; or dying after so many bytes. */
export type SyslogManner = "in-order" | "silent" | "closing" | { readonly diesAfter: number };

export interface SyslogReceiver {
  readonly port: number;
  /** What was taken, whole messages only. */
  readonly messages: { readonly msgId: string; readonly at: string; readonly text: string }[];
  /** What was against RFC 5424 or the framing of RFC 5425. */
  readonly faults: string[];
  manner: SyslogManner;
  close(): Promise<void>;
}

/** Length in front, then a header of seven fields and no structured data; of the message ASCII alone. */
const message = /^<110>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([\x21-\x7e]{1,255}) aivo - ([\x21-\x7e]{1,32}) - ([\x20-\x7e]+)$/;

/** A strict receiver of syslog over TCP, or with a certificate over TLS. */
export async function openSyslog(certificate: TestCertificate | null, port = 0): Promise<SyslogReceiver> {
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    const { manner } = receiver;
    if (manner === "closing") return void socket.end();
    let rest = Buffer.alloc(0);
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (manner === "silent") return;
      if (typeof manner === "object" && bytes > manner.diesAfter) return void socket.destroy();
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const [all = "", length = ""] = /^([1-9]\d{0,6}) /.exec(rest.subarray(0, 8).toString("latin1")) ?? [];
        if (all === "") {
          if (rest.length > 8) receiver.faults.push("no length in front");
          return;
        }
        if (rest.length < all.length + Number(length)) return;
        const line = rest.subarray(all.length, all.length + Number(length)).toString("latin1");
        rest = rest.subarray(all.length + Number(length));
        const [, at = "", , msgId = "", text = ""] = message.exec(line) ?? [];
        if (text === "") receiver.faults.push(line);
        else receiver.messages.push({ at, msgId, text });
      }
    });
    socket.on("end", () => {
      if (rest.length > 0) receiver.faults.push("a message was cut off");
      if (manner !== "silent") socket.end();
    });
  };
  // One that says nothing does not close either.
  const options = { allowHalfOpen: true };
  const server = certificate === null ? createTcp(options, take) : createTls({ ...certificate, ...options }, take);
  const receiver: SyslogReceiver = {
    port: 0,
    messages: [],
    faults: [],
    manner: "in-order",
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  // Also one whose handshake failed, which `take` never sees.
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(receiver, { port: (server.address() as AddressInfo).port });
}

const value = z.union([z.strictObject({ stringValue: z.string() }), z.strictObject({ intValue: z.number().int() })]);
const attributes = z.array(z.strictObject({ key: z.string().min(1), value }));
const nanoseconds = z.string().regex(/^\d{19}$/);
/** ExportLogsServiceRequest in OTLP's JSON encoding (opentelemetry-proto, logs/v1), as far as we use it and no further. */
const LogsRequest = z.strictObject({
  resourceLogs: z
    .array(
      z.strictObject({
        resource: z.strictObject({ attributes, droppedAttributesCount: z.literal(0) }),
        scopeLogs: z
          .array(
            z.strictObject({
              scope: z.strictObject({ name: z.literal("aivo.audit") }),
              logRecords: z
                .array(
                  z.strictObject({
                    timeUnixNano: nanoseconds,
                    observedTimeUnixNano: nanoseconds,
                    severityNumber: z.literal(9),
                    severityText: z.literal("INFO"),
                    eventName: z.literal("aivo.audit"),
                    body: z.strictObject({ stringValue: z.string().min(2) }),
                    attributes,
                    droppedAttributesCount: z.literal(0),
                  }),
                )
                .min(1),
            }),
          )
          .min(1),
      }),
    )
    .min(1),
});

export interface HttpAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

export interface HttpReceiver {
  readonly origin: string;
  readonly requests: { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** The bodies of all records that were taken, in their order. */
  readonly bodies: string[];
  readonly faults: string[];
  /** The next answers, one each; afterwards 200 and {}. 0: none at all. */
  answerWith(...answers: readonly HttpAnswer[]): void;
  close(): Promise<void>;
}

/** A strict collector of OTLP logs at /v1/logs, and a store of objects by PUT elsewhere. */
export async function openHttpReceiver(): Promise<HttpReceiver> {
  let answers: HttpAnswer[] = [];
  const server = createHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const body = Buffer.concat(chunks).toString();
      receiver.requests.push({ method, path: url, headers, body });
      const answer = answers.shift() ?? { status: 200 };
      if (answer.status === 0) return;
      if (answer.status === 200 && answer.body === undefined) read(method, url, headers, body);
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers }).end(answer.body ?? "{}");
    });
  });
  const read = (method: string, url: string, headers: IncomingHttpHeaders, body: string) => {
    if (url !== "/v1/logs") return;
    if (method !== "POST" || headers["content-type"] !== "application/json") receiver.faults.push(`${method} ${headers["content-type"]}`);
    const parsed = LogsRequest.safeParse(JSON.parse(body));
    if (!parsed.success) return void receiver.faults.push(parsed.error.message);
    for (const { scopeLogs } of parsed.data.resourceLogs)
      for (const { logRecords } of scopeLogs) receiver.bodies.push(...logRecords.map((record) => record.body.stringValue));
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const receiver: HttpReceiver = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    bodies: [],
    faults: [],
    answerWith: (...next) => {
      answers = [...next];
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return receiver;
}
