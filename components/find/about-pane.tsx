import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Chain } from "#components/chain/chain.tsx";
import { DateTime } from "#components/ui/date-time.tsx";
import { LinkButton } from "#components/ui/link-button.tsx";
import type { FindAbout, FindAboutOf, FindWord } from "./types.ts";

/** So long somebody rests on a line before it is asked about. */
const restMs = 150;

export interface AboutPaneProps {
  readonly url: string;
  readonly of: FindAboutOf | null;
  readonly onLeave: () => void;
}

/** Beside the list, where there is room: of a person or class the chain of why, of a school what it has. */
export function AboutPane({ url, of, onLeave }: AboutPaneProps) {
  const isWide = useIsWide();
  const rested = useRested(of);
  const { data, isError } = useQuery({
    queryKey: ["find-about", url, rested?.kind, rested?.ref],
    queryFn: ({ signal }) => ask(url, rested, signal),
    enabled: isWide && rested !== null,
    staleTime: 10_000,
    retry: false,
  });
  const about = rested === null ? null : (data ?? null);
  return (
    <section aria-label="About it" className="hidden min-h-0 overflow-y-auto border-l border-line bg-canvas p-6 md:block">
      <p role="status" aria-label="Why" className="sr-only">
        {about?.asks ? `${about.title}: ${about.says}` : ""}
      </p>
      {about === null ? (
        isError && rested !== null ? (
          <p className="text-small text-muted">What is known of it could not be loaded. Open it instead.</p>
        ) : null
      ) : (
        <Shown about={about} onLeave={onLeave} />
      )}
    </section>
  );
}

function Shown({ about: { title, says, asks, rows, facts, fix }, onLeave }: { readonly about: FindAbout; readonly onLeave: () => void }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div className="grid gap-1">
        <h2 className="text-title break-words">{title}</h2>
        <p className={clsx("text-head font-strong text-pretty", asks && "text-ask")}>{says}</p>
      </div>
      {rows.length === 0 ? null : (
        <Chain
          direction="vertical"
          rows={rows.map(({ name, links }) => ({
            name,
            links: links.map((link) => ({ word: link.word, detail: <Detail link={link} />, state: link.state })),
          }))}
        />
      )}
      {facts.length === 0 ? null : (
        <dl className="grid gap-2 text-small">
          {facts.map(({ label, value }) => (
            <div key={label} className="flex justify-between gap-4">
              <dt className="text-muted">{label}</dt>
              <dd className="text-right tabular-nums">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {fix === null ? null : (
        <div>
          <LinkButton href={fix.href} size="sm" onClick={onLeave}>
            {fix.label}
          </LinkButton>
        </div>
      )}
    </div>
  );
}

function Detail({ link: { says, at, remedy } }: { readonly link: FindWord }) {
  if (says === null && at === null && remedy === null) return null;
  return (
    <>
      {says} {at === null ? null : <DateTime at={at} as={says === null || says.endsWith(".") ? "date-time" : "sentence"} />}
      {remedy === null ? null : <span className="mt-1 block">{remedy}</span>}
    </>
  );
}

function useRested(of: FindAboutOf | null): FindAboutOf | null {
  const [rested, setRested] = useState(of);
  const [kind, ref] = [of?.kind, of?.ref];
  useEffect(() => {
    const timer = setTimeout(() => setRested(kind === undefined || ref === undefined ? null : { kind, ref }), restMs);
    return () => clearTimeout(timer);
  }, [kind, ref]);
  return rested;
}

const wide = "(min-width: 48rem)";

function useIsWide(): boolean {
  return useSyncExternalStore(
    (changed) => {
      const query = window.matchMedia(wide);
      query.addEventListener("change", changed);
      return () => query.removeEventListener("change", changed);
    },
    () => window.matchMedia(wide).matches,
    () => false,
  );
}

async function ask(url: string, of: FindAboutOf | null, signal: AbortSignal): Promise<FindAbout> {
  const answer = await fetch(`${url}?${new URLSearchParams({ kind: of?.kind ?? "", ref: of?.ref ?? "" })}`, { signal });
  if (!answer.ok) throw new Error(`The search answered ${answer.status}`);
  return answer.json();
}
