import { answerToken } from "#app/oauth/token/answer.ts";
import { services } from "#app/services.ts";

async function answer(request: Request): Promise<Response> {
  return answerToken(await services(), request);
}

export { answer as DELETE, answer as GET, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT };
