import { z } from "zod";
import { routeResult } from "#app/errors.ts";
import { aboutOf } from "#app/find/about.ts";
import { services } from "#app/services.ts";
import { reachScope } from "#app/session.ts";
import { ServiceError } from "#lib/platform/errors.ts";
import { show } from "#lib/services/views/record.ts";

const Query = z.object({ kind: z.enum(["person", "class", "school"]), ref: z.string().min(1).max(400) });

/** What is known of one thing that a search found: of a person or class the chain of why. */
export async function GET(request: Request): Promise<Response> {
  return routeResult(async () => {
    const scope = await reachScope("read-roster");
    const query = Query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!query.success) throw new ServiceError("invalid", "The request could not be read.");
    const opened = await services();
    const about = await aboutOf(opened, scope, query.data);
    await show(opened, scope, { door: "GET /api/find/about" }, [query.data.ref, about]);
    return Response.json(about, { headers: { "cache-control": "no-store" } });
  });
}
