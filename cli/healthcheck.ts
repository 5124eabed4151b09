import { argv, env, exit } from "node:process";

/**
 * For containers and service managers, which have no curl: exit code 0 while the process beside it is ready.
 *
 *     node cli/healthcheck.ts web|worker
 */
const [role] = argv.slice(2);
const port = role === "worker" ? env.AIVO_WORKER_PORT : env.PORT || "3000";

if ((role !== "web" && role !== "worker") || !port) {
  console.error("usage: node cli/healthcheck.ts web|worker (of a worker with AIVO_WORKER_PORT)");
  exit(2);
}
try {
  const { status } = await fetch(`http://127.0.0.1:${port}/api/health/ready`, { signal: AbortSignal.timeout(4_000) });
  exit(status === 200 ? 0 : 1);
} catch {
  exit(1);
}
