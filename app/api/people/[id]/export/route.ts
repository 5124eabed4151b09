import { Readable } from "node:stream";
import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { reachScope } from "#app/session.ts";
import { openDownload } from "#lib/services/limits/admit.ts";
import { exportPerson } from "#lib/services/retention/export-person.ts";
import { show } from "#lib/services/views/record.ts";

/** All that Aivo has about one person, as an archive that is made while it is read. */
export async function GET(_request: Request, { params }: { readonly params: Promise<{ readonly id: string }> }): Promise<Response> {
  return routeResult(async () => {
    const scope = await reachScope("export");
    const opened = await services();
    const { id } = await params;
    const download = await openDownload(opened, scope);
    try {
      const archive = await exportPerson(opened, scope, id);
      await show(opened, scope, { door: "GET /api/people/[id]/export", subject: id }, null);
      archive.once("close", () => download[Symbol.dispose]());
      return new Response(Readable.toWeb(archive) as ReadableStream<Uint8Array>, {
        headers: {
          "content-type": "application/zip",
          // The id alone: a name would stand in the history of downloads.
          "content-disposition": `attachment; filename="person-${id}.zip"`,
          "cache-control": "no-store",
        },
      });
    } catch (error) {
      download[Symbol.dispose]();
      throw error;
    }
  });
}
