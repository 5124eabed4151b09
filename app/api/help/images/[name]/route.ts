import { routeResult } from "#app/errors.ts";
import { documentation } from "#app/help.ts";
import { reachScope } from "#app/session.ts";
import { helpImage } from "#lib/services/help/read.ts";

/** A picture of the documentation. */
export async function GET(_request: Request, { params }: { readonly params: Promise<{ readonly name: string }> }): Promise<Response> {
  return routeResult(async () => {
    await reachScope("read-roster");
    const { name } = await params;
    return new Response(await helpImage(documentation, name), {
      headers: { "content-type": "image/png", "cache-control": "private, max-age=3600" },
    });
  });
}
