import { answerApi } from "#app/api/v1/door.ts";
import { services } from "#app/services.ts";

interface Context {
  readonly params: Promise<{ readonly path?: readonly string[] }>;
}

/** The door of programs: what there is stands in app/api/v1/operations/. */
async function answer(request: Request, { params }: Context): Promise<Response> {
  return answerApi(await services(), request, (await params).path ?? []);
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT };
