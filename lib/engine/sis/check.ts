/** What the connection tests of all HTTP sources share: steps one after the other, and the first three of them. */
import type { Socket } from "node:net";
import { RunCancelled, RunFailure } from "#lib/platform/errors.ts";
import type { Target } from "./address.ts";
import { type ConnectOptions, certificateOf, openTcp, resolveUrl, startTls } from "./http/connect.ts";
import type { CheckStep } from "./source.ts";

export type Outcome = Partial<Pick<CheckStep, "state" | "cause" | "remedy" | "waitsFor" | "sample" | "learned">> & {
  readonly evidence: readonly string[];
};

export interface Step {
  readonly id: string;
  readonly name: string;
  /** Whether the steps after it make sense when it fails: reading one endpoint says nothing about the next. */
  readonly isIndependent?: boolean;
  run(): Promise<Outcome>;
}

/** Runs the steps and tells each as it begins and ends. After a failure, only skips. @throws RunCancelled only */
export async function* runSteps(steps: readonly Step[]): AsyncGenerator<CheckStep> {
  let isOver = false;
  for (const { id, name, isIndependent, run } of steps) {
    if (isOver) {
      yield { id, name, state: "skipped", evidence: [] };
      continue;
    }
    yield { id, name, state: "running", evidence: [] };
    const outcome = await run().catch(failedOutcome);
    yield { id, name, state: "passed", ...outcome };
    isOver = outcome.state === "failed" && isIndependent !== true;
  }
}

function failedOutcome(error: unknown): Outcome {
  if (error instanceof RunCancelled) throw error;
  if (error instanceof RunFailure) return { state: "failed", evidence: [], cause: error.message, remedy: error.remedy };
  return {
    state: "failed",
    evidence: [],
    cause: "Aivo itself failed at this step.",
    remedy: "Try again; if it stays, tell Aivo's operator when it happened.",
  };
}

const soonMs = 21 * 86_400_000;

/** Name resolution, connection, and TLS with the end of the certificate. */
export function connectionSteps(url: URL, options: ConnectOptions, now: () => Date): readonly Step[] {
  let target: Target | null = null;
  let socket: Socket | null = null;
  return [
    {
      id: "resolve",
      name: "Name resolution",
      run: async () => {
        target = await resolveUrl(url, options);
        const { host, addresses, address, isTrusted } = target;
        return {
          evidence: [`${host} is ${addresses.join(", ")}; ${address} is used.`, ...(isTrusted ? ["Allowed by Aivo's operator."] : [])],
        };
      },
    },
    {
      id: "tcp",
      name: "Connection",
      run: async () => {
        const to = need(target);
        socket = await openTcp(to, options);
        if (url.protocol === "http:") socket.destroy();
        return { evidence: [`Port ${to.port} at ${to.address} is open.`] };
      },
    },
    {
      id: "tls",
      name: "TLS and certificate",
      run: async () => {
        if (url.protocol === "http:") return { state: "skipped", evidence: ["Not encrypted, as Aivo's operator allows for this address."] };
        const tls = await startTls(need(socket), need(target), options);
        const certificate = certificateOf(tls);
        tls.destroy();
        if (certificate === null) return { evidence: ["The certificate is valid."] };
        const { protocol, subject, issuer, validTo } = certificate;
        const ends = validTo.toISOString().slice(0, 10);
        const evidence = [`${protocol}; the certificate of ${subject}, issued by ${issuer}, is valid until ${ends}.`];
        if (validTo.getTime() - now().getTime() > soonMs) return { evidence };
        const remedy = `Ask whoever runs the server to renew its certificate before ${ends}; syncs fail from then on.`;
        return { state: "warning", evidence, cause: `The certificate ends on ${ends}.`, remedy };
      },
    },
  ];
}

/** What an earlier step left; a step only runs after all before it have passed. */
export function need<T>(value: T | null): T {
  if (value === null) throw new Error("a step of the connection test ran before the one that it needs");
  return value;
}
