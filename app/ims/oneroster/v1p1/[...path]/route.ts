import { answerOneRoster } from "#app/ims/oneroster/answer.ts";
import { services } from "#app/services.ts";

interface Context {
  readonly params: Promise<{ readonly path: readonly string[] }>;
}

/** The roster for the district's other tools, as OneRoster 1.1. */
async function answer(request: Request, { params }: Context): Promise<Response> {
  return answerOneRoster(await services(), "1.1", request, (await params).path);
}

export { answer as DELETE, answer as GET, answer as HEAD, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT };
