"use client";
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { announce } from "#components/ui/announcer.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Icon } from "#components/ui/icon.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { RunProgressView } from "#lib/services/runs/schema.ts";
import { BlackoutQuestion } from "./blackout-question.tsx";
import { isActive, phaseWords } from "./run-words.ts";

/** A sync of one person that is under way: where it can be asked about, and its page. */
export interface UnderWay {
  readonly runId: string;
  readonly url: string;
  readonly href: string;
}

/** An action's answer; `asks`: a sentence to be confirmed before; `href`: the page of the sync that runs instead. */
export type StartedPerson =
  | ({ readonly ok: true } & UnderWay)
  | { readonly ok: false; readonly message: string; readonly href: string | null; readonly asks?: string };

/** What came of it, in words. `next`: the sync that tries it again. */
export interface PersonOutcome {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string | null;
  readonly changes: readonly string[];
  readonly notes: readonly string[];
  readonly href: string;
  readonly next: UnderWay | null;
}

export interface SyncPersonProps {
  readonly integrationName: string;
  readonly unavailable?: string;
  /** What the button says; left out: "Sync this person now". */
  readonly label?: string;
  /** The id of the element in which it is said how the sync goes; left out: under the button. */
  readonly outcomeIn?: string;
  /** Called again with true once somebody has confirmed what it asks. */
  readonly start: (isConfirmed: boolean) => Promise<StartedPerson>;
  readonly look: (runId: string) => Promise<PersonOutcome>;
}

/** *Sync this person now*: starts the sync, follows it where one is, and says what came of it. */
export function SyncPerson({ integrationName, unavailable, label = "Sync this person now", outcomeIn, start, look }: SyncPersonProps) {
  const router = useRouter();
  const [isStarting, setStarting] = useState(false);
  const [asks, setAsks] = useState<string | null>(null);
  const [running, setRunning] = useState<UnderWay | null>(null);
  const [outcome, setOutcome] = useState<PersonOutcome | null>(null);
  const url = running?.url ?? "";
  const { data: progress } = useQuery({
    queryKey: ["run-progress", url],
    queryFn: ({ signal }) => fetchProgress(url, signal),
    enabled: running !== null,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && !isActive(state.data.state) ? false : 1000),
  });
  const state = running === null ? undefined : progress?.state;
  useEffect(() => {
    if (running === null || state === undefined || isActive(state)) return;
    let isThere = true;
    look(running.runId).then(
      (ended) => {
        if (!isThere) return;
        setRunning(ended.next);
        if (ended.next !== null) return;
        setOutcome(ended);
        announce([ended.title, ended.text ?? ""].join(". "));
        router.refresh();
      },
      () => isThere && setOutcome({ ...unanswered, href: running.href }),
    );
    return () => {
      isThere = false;
    };
  }, [running, state, look, router]);

  const click = async (isConfirmed: boolean) => {
    setStarting(true);
    setOutcome(null);
    const started = await start(isConfirmed).catch(() => ({ ok: false, message: unanswered.title, href: null }) as const);
    setStarting(false);
    setAsks(!started.ok && "asks" in started ? (started.asks ?? null) : null);
    if (started.ok) setRunning(started);
    else if (!("asks" in started && started.asks)) setOutcome({ ...refused, title: started.message, href: started.href ?? "" });
  };
  const what = outcome === null ? null : <What outcome={outcome} />;
  const going =
    running === null ? null : (
      <p className="text-sm text-muted">
        {progress?.progress ? phaseWords[progress.progress.phase] : "Waiting for a worker"} ·{" "}
        <Link href={running.href} className="text-link">
          Its page
        </Link>
      </p>
    );
  return (
    <div className="grid gap-3">
      <div className={clsx("flex flex-wrap items-center gap-x-4 gap-y-2", outcomeIn !== undefined && "*:grow")}>
        <Button
          size={outcomeIn === undefined ? "sm" : "md"}
          icon={<Icon name="refresh-cw" />}
          pending={isStarting || running !== null}
          aria-label={`${label} from ${integrationName}`}
          {...(unavailable === undefined ? {} : { unavailable })}
          onClick={() => click(false)}
        >
          {label}
        </Button>
        {outcomeIn === undefined ? going : null}
      </div>
      {outcomeIn === undefined ? what : <Elsewhere id={outcomeIn}>{going ?? what}</Elsewhere>}
      <BlackoutQuestion
        asks={asks}
        label="Sync this person"
        pending={isStarting}
        cancel={() => setAsks(null)}
        confirm={() => click(true)}
      />
    </div>
  );
}

/** What is said of the sync, where the page has room for it. There is nothing to say before somebody has pressed the button. */
function Elsewhere({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const place = children === null ? null : document.getElementById(id);
  return place === null ? null : createPortal(children, place);
}

function What({ outcome: { tone, title, text, changes, notes, href } }: { readonly outcome: PersonOutcome }) {
  return (
    <Callout
      tone={tone}
      title={title}
      action={
        href === "" ? null : (
          <Link href={href} className="text-link">
            Open the sync
          </Link>
        )
      }
    >
      {text === null ? null : <p>{text}</p>}
      {changes.length === 0 ? null : (
        <ul className="mt-1 grid list-disc gap-1 pl-5">
          {changes.map((line) => (
            <li key={line} className="wrap-anywhere">
              {line}
            </li>
          ))}
        </ul>
      )}
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </Callout>
  );
}

const refused = { tone: "warn", text: null, changes: [], notes: [], next: null } as const;
const unanswered = { ...refused, title: "The server did not answer. If the sync began, it goes on; its page says how it ends." } as const;

async function fetchProgress(url: string, signal: AbortSignal): Promise<RunProgressView> {
  const response = await fetch(url, { signal, cache: "no-store" });
  if (!response.ok) throw new Error(`progress: ${response.status}`);
  return (await response.json()) as RunProgressView;
}
