/** Next calls this once as a server starts, before it answers anything. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs" || process.env.NEXT_PHASE === "phase-production-build") return;
  const { startOrExit } = await import("#app/start.ts");
  await startOrExit();
}
