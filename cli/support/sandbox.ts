import { z } from "zod";

/** What the sandbox's SIS says of itself once it listens (sandbox/server.ts). */
export const SandboxReady = z.object({
  ready: z.literal(true),
  host: z.string(),
  port: z.number(),
  username: z.string(),
  password: z.string(),
  directory: z.string(),
  hostKeyFingerprint: z.string(),
  people: z.object({ teacher: personSchema(), learner: personSchema() }),
});
export type SandboxReady = z.infer<typeof SandboxReady>;

function personSchema() {
  return z.object({ givenName: z.string(), familyName: z.string(), email: z.string() });
}

/** The origin that the operator trusts although it is on the loopback address. */
export function originOf(sandbox: SandboxReady): string {
  return `sftp://${sandbox.host}:${sandbox.port}`;
}
