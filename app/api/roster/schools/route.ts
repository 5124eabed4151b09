import { routeResult } from "#app/errors.ts";
import { services } from "#app/services.ts";
import { reachScope } from "#app/session.ts";
import { listSchoolNames } from "#lib/services/schools/read.ts";

/** The schools that a list is filtered by, as options: where there are many, pages name none but the chosen one. */
export async function GET(): Promise<Response> {
  return routeResult(async () => {
    const schools = await listSchoolNames(await services(), await reachScope("read-roster"));
    const options = schools.map(({ id, name }) => ({ value: id, label: name }));
    return Response.json(options, { headers: { "cache-control": "no-store" } });
  });
}
