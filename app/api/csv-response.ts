import type { ReachScope } from "#lib/platform/access.ts";
import { downloadLimits } from "#lib/platform/csv/downloads.ts";
import { type CsvCell, csvLine } from "#lib/platform/csv/write.ts";
import { openDownload } from "#lib/services/limits/admit.ts";
import type { Services } from "#lib/services/services.ts";

type Write = (rows: readonly (readonly CsvCell[])[]) => Promise<void>;

/**
 * A CSV file as it is made: the rows that `produce` hands over leave as fast as the reader takes them, so that a file of any
 * size needs the memory of one batch. `produce` holds nothing of the database while it waits for the reader. The status is sent with
 * the first bytes, so whatever can be refused is refused before.
 * @throws ServiceError `limited`; `conflict` when too many downloads of the account are under way
 */
export function csvResponse(
  services: Pick<Services, "db">,
  scope: ReachScope<never>,
  name: string,
  header: readonly string[],
  produce: (write: Write) => Promise<void>,
): Promise<Response> {
  return textResponse(services, scope, { name, type: "text/csv; charset=utf-8" }, async (put) => {
    // The mark tells spreadsheets that this is UTF-8.
    await put(`\uFEFF${csvLine(header, "forPeople")}`);
    await produce((rows) => put(rows.map((row) => csvLine(row, "forPeople")).join("")));
  });
}

/** The same for text of any type, as `produce` puts it. */
export async function textResponse(
  services: Pick<Services, "db">,
  scope: ReachScope<never>,
  { name, type }: { readonly name: string; readonly type: string },
  produce: (put: (text: string) => Promise<void>) => Promise<void>,
): Promise<Response> {
  const download = await openDownload(services, scope);
  const encoder = new TextEncoder();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const put = async (text: string) => {
    await beforeStalling(writer.ready);
    await beforeStalling(writer.write(encoder.encode(text)));
  };
  const send = async () => {
    await produce(put);
    await beforeStalling(writer.close());
  };
  // A reader that leaves or stalls, or a database that fails, ends the file short; the browser then reports a failed download.
  void send()
    .catch((error: unknown) => writer.abort(error).catch(() => undefined))
    .finally(() => download[Symbol.dispose]());
  return new Response(readable, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${name.replace(/[^\w.-]+/g, "-")}"`,
      "cache-control": "no-store",
    },
  });
}

/** @throws Error when the reader takes nothing for too long */
async function beforeStalling(taken: Promise<void>): Promise<void> {
  const stalled = Promise.withResolvers<never>();
  const timer = setTimeout(() => stalled.reject(new Error("The reader has stalled")), downloadLimits.stalledSeconds * 1000);
  try {
    await Promise.race([taken, stalled.promise]);
  } finally {
    clearTimeout(timer);
  }
}
