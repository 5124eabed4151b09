import type { Instrumentation } from "next";

const isServing = process.env.NEXT_RUNTIME === "nodejs" && process.env.NEXT_PHASE !== "phase-production-build";

/** Next calls this once as a server starts, before it answers anything. */
export async function register(): Promise<void> {
  if (!isServing) return;
  const { startOrExit } = await import("#app/start.ts");
  await startOrExit();
  // In development the terminal is read by whoever wrote the page.
  if (process.env.NODE_ENV === "production") (await import("#app/request-log.ts")).logWhatNextSays();
}

/** Next calls this with what a page or a handler did not catch. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (isServing) (await import("#app/request-log.ts")).logRequestError(error, request, context);
};
