import { type CsvCell, csvLine } from "#lib/csv/write.ts";

type Write = (rows: readonly (readonly CsvCell[])[]) => Promise<void>;

/**
 * A CSV file as it is made: the rows that `produce` hands over leave as fast as the reader takes them, so that a file of any
 * size needs the memory of one batch. The status is sent with the first bytes, so whatever can be refused is refused before.
 */
export function csvResponse(name: string, header: readonly string[], produce: (write: Write) => Promise<void>): Response {
  const encoder = new TextEncoder();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const send = async () => {
    // The mark tells spreadsheets that this is UTF-8.
    await writer.write(encoder.encode(`\uFEFF${csvLine(header, "forPeople")}`));
    await produce(async (rows) => {
      await writer.ready;
      await writer.write(encoder.encode(rows.map((row) => csvLine(row, "forPeople")).join("")));
    });
    await writer.close();
  };
  // A reader that leaves, or a database that fails, ends the file short; the browser then reports a failed download.
  send().catch((error: unknown) => writer.abort(error).catch(() => undefined));
  return new Response(readable, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${name.replace(/[^\w.-]+/g, "-")}"`,
      "cache-control": "no-store",
    },
  });
}
