"use client";
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { announce } from "#components/ui/announcer.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { formatDuration } from "#lib/platform/format/date-time.ts";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { RunProgressView } from "#lib/services/runs/schema.ts";
import { isActive, phaseWords, stateWords } from "./run-words.ts";

export interface RunLiveProps {
  readonly url: string;
  /** What the server knew when it rendered the page. */
  readonly initial: RunProgressView;
}

/** Follows a run, asking every second; renews the page when the run goes over into another state. */
export function RunLive({ url, initial }: RunLiveProps) {
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
    if (!isActive(data.state)) announce(`The sync has ended: ${stateWords[data.state].label}.`);
    router.refresh();
  }, [data.state, initial.state, router]);

  const { progress } = data;
  const step = data.cancelRequested
    ? "Stopping"
    : data.state === "queued"
      ? "Waiting for a worker"
      : progress
        ? phaseWords[progress.phase]
        : "Starting";
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
        <p role="status" className="font-semibold">
          {step}
          {progress?.part && !data.cancelRequested ? <span className="font-normal text-muted"> · {progress.part}</span> : null}
        </p>
        <p className="text-sm text-muted tabular-nums">{progress ? `${Math.floor(progress.fraction * 100)}%` : ""}</p>
      </div>
      <Progress value={data.state === "queued" ? null : (progress?.fraction ?? null)} label="Progress of the sync" />
      <dl className="grid grid-cols-2 gap-x-8 gap-y-3 text-sm sm:grid-cols-4">
        <Fact label="Rows" value={progress ? formatNumber(progress.rows) : "–"} />
        <Fact
          label="Rate"
          value={progress && progress.rowsPerSecond > 0 ? `${formatCount(Math.round(progress.rowsPerSecond), "row")}/s` : "–"}
        />
        <Fact label="Time left" value={progress?.secondsLeft == null ? "–" : `about ${formatDuration(progress.secondsLeft)}`} />
        <Fact label="Running for" value={data.startedAt === null ? "–" : <Elapsed since={data.startedAt} />} />
      </dl>
      {isError ? (
        <Callout tone="warn" title="The connection to Aivo is interrupted">
          The sync goes on without this page. It catches up by itself.
        </Callout>
      ) : null}
      {data.secondsSinceHeartbeat !== null && data.secondsSinceHeartbeat > 15 && isActive(data.state) ? (
        <Callout tone="warn" title={`The worker was last heard of ${formatDuration(data.secondsSinceHeartbeat)} ago`}>
          If it stays silent, the sync is ended as failed within a minute, and nothing is changed.
        </Callout>
      ) : null}
    </div>
  );
}

function Fact({ label, value }: { readonly label: string; readonly value: React.ReactNode }) {
  return (
    <div>
      <dt className="eyebrow">{label}</dt>
      <dd className="mt-0.5 tabular-nums">{value}</dd>
    </div>
  );
}

/** Renders with each answer, once a second. */
function Elapsed({ since }: { readonly since: string }) {
  return <span suppressHydrationWarning>{formatDuration(Math.floor((Date.now() - Date.parse(since)) / 1000))}</span>;
}

async function fetchProgress(url: string, signal: AbortSignal): Promise<RunProgressView> {
  const response = await fetch(url, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`progress: ${response.status}`);
  return (await response.json()) as RunProgressView;
}
