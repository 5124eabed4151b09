import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { FindAnswer, FindGroup, FindOption } from "./types.ts";

/** Between the last key and the question. */
const restMs = 120;

export interface Finding {
  readonly groups: readonly FindGroup[];
  readonly words: readonly string[];
  /** No answer yet to what is typed. */
  readonly isBusy: boolean;
  readonly failed: boolean;
  /** The option that Enter opens. */
  readonly active: FindOption | null;
  /** To the next option or the one before, around the ends. */
  readonly move: (by: 1 | -1) => void;
  readonly mark: (key: string) => void;
}

/** What is found for a text, asked shortly after the last key; an answer that comes too late is dropped. */
export function useFind(url: string, text: string, isForPeople: boolean): Finding {
  const asked = useRested(text);
  const [marked, setMarked] = useState<string | null>(null);
  const { data, isFetching, isError } = useQuery({
    queryKey: ["find", url, isForPeople, asked],
    queryFn: ({ signal }) => ask(url, { q: asked, ...(isForPeople ? { only: "people" } : {}) }, signal),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    retry: false,
  });
  const groups = data?.groups ?? [];
  const options = groups.flatMap((group) => group.options);
  const active = options.find(({ key }) => key === marked) ?? options[0] ?? null;
  const isBusy = isFetching || asked !== text.trim();
  return {
    groups,
    words: data?.words ?? [],
    isBusy,
    failed: isError,
    active,
    move: (by) => {
      const at = options.findIndex(({ key }) => key === active?.key);
      setMarked(options.at((at + by) % Math.max(options.length, 1))?.key ?? null);
    },
    mark: setMarked,
  };
}

function useRested(text: string): string {
  const [rested, setRested] = useState(text.trim());
  useEffect(() => {
    const timer = setTimeout(() => setRested(text.trim()), restMs);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}

async function ask(url: string, question: object, signal: AbortSignal): Promise<FindAnswer> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
    signal,
  });
  if (!answer.ok) throw new Error(`The search answered ${answer.status}`);
  return answer.json();
}
