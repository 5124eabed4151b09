"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { announce } from "#components/ui/announcer.tsx";
import type { Crumb } from "#components/ui/breadcrumbs.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Card } from "#components/ui/card.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { formatDuration } from "#lib/platform/format/date-time.ts";
import type { PastRun, RunProgressView } from "#lib/services/runs/schema.ts";
import { LiveFacts } from "./live-facts.tsx";
import { liveFigures, liveSentence } from "./live-words.ts";
import { isActive, stateWords } from "./run-words.ts";
import { SeenSoFar } from "./seen-so-far.tsx";
import { Waterfall } from "./waterfall/waterfall.tsx";
import { waterfallOf } from "./waterfall/waterfall-of.ts";

export interface RunLiveProps {
  readonly url: string;
  /** What the server knew when it rendered the page. */
  readonly initial: RunProgressView;
  /** "Sync 35". */
  readonly name: string;
  readonly past: PastRun | null;
  readonly breadcrumbs: readonly Crumb[];
  /** By whom and when it was started. */
  readonly lead: ReactNode;
  /** *Cancel*, until it is too late for that. */
  readonly cancel: ReactNode;
}

/** A page that was asked for while another was under way may be that one again; once the run has ended it is asked for until it comes. */
const renewEveryMs = 2_000;

/** A worker that is free takes a sync within a second. */
const longWaitSeconds = 30;

/** Follows a run, asking every second; renews the page when the run goes over into another state. */
export function RunLive({ url, initial, name, past, breadcrumbs, lead, cancel }: RunLiveProps) {
  const router = useRouter();
  const { data, isError } = useQuery({
    queryKey: ["run-progress", url],
    queryFn: ({ signal }) => fetchProgress(url, signal),
    initialData: initial,
    staleTime: 0,
    retry: false,
    refetchInterval: ({ state }) => (state.data && !isActive(state.data.state) ? false : 1000),
  });
  useEffect(() => {
    if (data.state === initial.state) return;
    router.refresh();
    if (isActive(data.state)) return;
    announce(`${name} has ended: ${stateWords[data.state].label}.`);
    const timer = setInterval(() => router.refresh(), renewEveryMs);
    return () => clearInterval(timer);
  }, [data.state, initial.state, name, router]);

  const live = { ...data, name, past };
  const [first, second] = liveSentence(live);
  const { trace, progress, secondsRunning } = data;
  const applied = data.state === "applying" ? (progress?.rows ?? null) : null;
  const view = waterfallOf({ trace, timeline: [], seconds: secondsRunning ?? 0, isEnded: !isActive(data.state), rows: {}, applied, past });
  return (
    <>
      <PageHeader
        title={
          <span className="tabular-nums">
            {first}
            <br />
            {second}
          </span>
        }
        lead={lead}
        breadcrumbs={breadcrumbs}
        actions={isActive(data.state) && data.state !== "applying" && !data.cancelRequested ? cancel : null}
      />
      <LiveFacts figures={liveFigures(live)} secondsRunning={secondsRunning} />
      {isError ? (
        <Callout tone="warn" title="The connection to Aivo is interrupted">
          The sync goes on without this page. It catches up by itself.
        </Callout>
      ) : null}
      {data.secondsQueued !== null && data.secondsQueued > longWaitSeconds ? (
        <Callout tone="warn" title={`No worker has taken this sync for ${formatDuration(data.secondsQueued)}`}>
          They are all busy with other syncs, or none is running. It begins by itself as soon as one is free; if that takes long, tell
          whoever runs Aivo for you.
        </Callout>
      ) : null}
      {data.secondsSinceHeartbeat !== null && data.secondsSinceHeartbeat > 15 && isActive(data.state) ? (
        <Callout tone="warn" title={`The worker was last heard of ${formatDuration(data.secondsSinceHeartbeat)} ago`}>
          If it stays silent, the sync is ended as failed within a minute, and nothing is changed.
        </Callout>
      ) : null}
      <Card title="How it goes" aside={past === null ? null : "dashed: as long as it took the last time"}>
        <Waterfall view={view} isWide />
      </Card>
      <SeenSoFar seen={data.seen} past={past} />
    </>
  );
}

async function fetchProgress(url: string, signal: AbortSignal): Promise<RunProgressView> {
  const response = await fetch(url, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`progress: ${response.status}`);
  return (await response.json()) as RunProgressView;
}
