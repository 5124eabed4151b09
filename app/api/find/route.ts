import { readJson } from "#app/api/v1/body.ts";
import { routeResult } from "#app/errors.ts";
import { answerOf, peopleAnswerOf } from "#app/find/options.ts";
import { documentation } from "#app/help.ts";
import { services } from "#app/services.ts";
import { allowed, reachScope } from "#app/session.ts";
import { parseOrRefuse } from "#lib/platform/parse.ts";
import { find, findPeople } from "#lib/services/find/find.ts";
import { FindQuery } from "#lib/services/find/schema.ts";
import { searchHelp } from "#lib/services/help/search.ts";
import { show } from "#lib/services/views/record.ts";

/** The one search. What is looked for, mostly somebody's name, comes in the body: addresses are written into logs. */
export async function POST(request: Request): Promise<Response> {
  return routeResult(async () => {
    const scope = await reachScope("read-roster");
    const { q, only } = parseOrRefuse(FindQuery, await readJson(request), "This cannot be looked for.");
    const opened = await services();
    const people = <T>(found: T) => show(opened, scope, { door: "POST /api/find", filter: { q } }, found);
    const answer =
      only === "people"
        ? peopleAnswerOf(await people(await findPeople(opened, scope, q)), q)
        : answerOf(await people(await find(opened, scope, q)), await searchHelp(documentation, q), q, await allowed());
    return Response.json(answer, { headers: { "cache-control": "no-store" } });
  });
}
