/** What a caught message says: as much of MIME as an application's own messages have. */
export interface CaughtMail {
  readonly at: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
}

type Part = { readonly headers: ReadonlyMap<string, string>; readonly body: string };

/** `raw` byte for byte, as latin1. */
export function readMail(raw: string, envelope: { readonly from: string; readonly to: readonly string[] }, at: Date): CaughtMail {
  const whole = partOf(raw);
  const parts = leavesOf(whole);
  const of = (type: string) => parts.find(({ headers }) => (headers.get("content-type") ?? "text/plain").startsWith(type));
  const [text, html] = [of("text/plain"), of("text/html")];
  return {
    at: at.toISOString(),
    ...envelope,
    messageId: whole.headers.get("message-id") ?? "",
    subject: words(whole.headers.get("subject") ?? ""),
    text: text ? decoded(text) : "",
    html: html ? decoded(html) : null,
  };
}

function partOf(raw: string): Part {
  const end = raw.indexOf("\r\n\r\n");
  const head = (end < 0 ? raw : raw.slice(0, end)).replace(/\r\n[ \t]+/g, " ");
  const headers = head.split("\r\n").flatMap((line) => {
    const colon = line.indexOf(":");
    return colon < 1 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const];
  });
  return { headers: new Map(headers), body: end < 0 ? "" : raw.slice(end + 4) };
}

function leavesOf(part: Part): Part[] {
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/i.exec(part.headers.get("content-type") ?? "")?.[1];
  if (boundary === undefined) return [part];
  return part.body
    .split(`--${boundary}`)
    .slice(1, -1)
    .flatMap((inner) => leavesOf(partOf(inner.replace(/^\r\n/, ""))));
}

function decoded({ headers, body }: Part): string {
  const encoding = (headers.get("content-transfer-encoding") ?? "").toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  return Buffer.from(encoding === "quoted-printable" ? quotedPrintable(body.replace(/=\r\n/g, "")) : body, "latin1").toString("utf8");
}

const quotedPrintable = (text: string) =>
  text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** RFC 2047: `=?UTF-8?Q?…?=` */
function words(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toLowerCase() === "b"
        ? Buffer.from(text, "base64").toString("utf8")
        : Buffer.from(quotedPrintable(text.replace(/_/g, " ")), "latin1").toString("utf8"),
    );
}
