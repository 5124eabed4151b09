import { authRoute } from "#app/session.ts";

export { authRoute as GET, authRoute as POST };
