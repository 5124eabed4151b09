"use client";
import { useEffect, useRef, useState } from "react";
import { type CheckStep, statusOf, type TestStatus } from "./check-step.ts";
import { foundOf } from "./credential-values.ts";
import type { Found } from "./types.ts";

/** What is wrong with the form, by field. */
export interface Refusal {
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface ConnectionTest {
  readonly steps: readonly CheckStep[];
  readonly status: TestStatus;
  readonly refusal: Refusal | null;
  /** What was tested, as it was sent: an edit since then makes the result old. */
  readonly tested: string | null;
  /** What the steps so far found out about the connection. */
  readonly found: Found;
  start(body: unknown): Promise<void>;
  /** For a form that is seen to be incomplete before anything is asked of the server. */
  refuse(refusal: Refusal): void;
  stop(): void;
}

/** Runs Test Connection and follows its steps; leaving the page stops it. */
export function useConnectionTest(url: string): ConnectionTest {
  const [steps, setSteps] = useState<readonly CheckStep[]>([]);
  const [status, setStatus] = useState<TestStatus>("idle");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [tested, setTested] = useState<string | null>(null);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const start = async (body: unknown) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    const sent = JSON.stringify(body);
    setSteps([]);
    setRefusal(null);
    setTested(sent);
    setStatus("running");
    const seen = new Map<string, CheckStep>();
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: sent,
        signal: abort.signal,
      });
      if (!response.ok || response.body === null) {
        setRefusal(await refusalOf(response));
        setStatus("refused");
        return;
      }
      for await (const step of linesOf(response.body)) {
        seen.set(step.id, step);
        setSteps([...seen.values()]);
      }
      setStatus(statusOf([...seen.values()]));
    } catch {
      // A newer test has taken over, or the page is gone; else the connection to Aivo broke.
      if (running.current === abort) setStatus((now) => (now === "refused" ? now : "interrupted"));
    }
  };
  const refuse = (reason: Refusal) => {
    running.current?.abort();
    setSteps([]);
    setTested(null);
    setRefusal(reason);
    setStatus("refused");
  };
  const found = Object.assign({}, ...steps.map((step) => foundOf(step.learned))) as Found;
  return { steps, status, refusal, tested, found, start, refuse, stop: () => running.current?.abort() };
}

async function refusalOf(response: Response): Promise<Refusal> {
  const problem: { readonly detail?: string; readonly fields?: Refusal["fields"] } | null = await response.json().catch(() => null);
  return { message: problem?.detail ?? "The test could not be started. Try again.", fields: problem?.fields ?? {} };
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<CheckStep> {
  const reader = body.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as CheckStep;
  }
}
