import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * What every answer of the web server has unless it says otherwise itself, whoever makes it: pages, handlers, files, and what Next answers without asking
 * any of them. The Content-Security-Policy of pages carries a nonce for each request (proxy.ts); what is no page needs nothing at all.
 */
export const headersOfEveryAnswer = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
  // Counts over https alone; over http browsers pass over it.
  "strict-transport-security": "max-age=31536000; includeSubDomains",
} as const;

/** Addresses of files, which Next serves without asking proxy.ts: those of the build, and of `public` by the names that proxy.ts leaves out. */
const ofFilesAlone = /^\/(_next\/|favicon\.ico$|icon[.-]|apple-touch-icon\.png$|manifest\.webmanifest$|marks\/)/;

/** By the address as Next reads it: without dots, signs spelt out. */
export function isOfFile(address: string): boolean {
  const { pathname = "" } = URL.parse(address, "http://aivo") ?? {};
  try {
    return ofFilesAlone.test(decodeURIComponent(pathname));
  } catch {
    return false;
  }
}

/** Where a refused request to a file is led, so that proxy.ts answers it (app/methods.ts). */
export const filesAddress = "/refused-file";

const traced: ReadonlySet<string | undefined> = new Set(["TRACE", "TRACK"]);
const ofFiles: ReadonlySet<string | undefined> = new Set(["GET", "HEAD"]);

/**
 * Looks after each request before Next sees it. TRACE would tell a page the headers that its scripts must not see; Next cannot even represent it, and
 * answers 500, as it does to a POST to a file. Under a name that nothing answers to, proxy.ts refuses them as any other unknown method. A host that a
 * proxy is said to have been asked for counts where it is Aivo's own: anybody can write that header. Of a process that `isStopping` each answer is the last
 * of its connection: on one that is kept, balancers would go on asking, and it could not end.
 */
export function guardEveryAnswer(publicUrl: string, isStopping: () => boolean): void {
  const ownHost = new URL(publicUrl).host;
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { readonly request: IncomingMessage; readonly response: ServerResponse };
    if (!ofFiles.has(request.method) && isOfFile(request.url ?? "")) {
      request.method = "REFUSED";
      request.url = filesAddress;
    } else if (traced.has(request.method)) request.method = "REFUSED";
    if (request.headers["x-forwarded-host"] !== ownHost) delete request.headers["x-forwarded-host"];
    const { writeHead } = response;
    response.writeHead = function withOurs(this: ServerResponse, ...args: never[]) {
      if (isStopping()) this.setHeader("connection", "close");
      for (const [name, value] of Object.entries(headersOfEveryAnswer)) if (!this.hasHeader(name)) this.setHeader(name, value);
      return (writeHead as (...given: never[]) => ServerResponse).apply(this, args);
    } as typeof writeHead;
  });
}
