import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useId, useState } from "react";
import { Announced } from "#components/ui/announcer.tsx";
import { Button } from "#components/ui/button.tsx";
import { Input } from "#components/ui/field.tsx";
import { Icon } from "#components/ui/icon.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { PartRecord } from "#lib/services/runs/part-records-schema.ts";
import type { Page } from "#lib/services/runs/schema.ts";
import type { Choice } from "./choice.ts";

/** A record of a part, and its page where it has one. */
export type LinkedRecord = PartRecord & { readonly href: string | null };

export interface PartRecordsProps {
  readonly url: string;
  readonly part: string;
  /** The part's title. */
  readonly title: string;
  readonly choice: Choice;
  readonly onChoose: (record: string, isIn: boolean) => void;
}

/** Between the last key and the question. */
const restMs = 150;

/** The records of a part, a page at a time, each to be left out or not. Names are asked for in the body: addresses are written into logs. */
export function PartRecords({ url, part, title, choice, onChoose }: PartRecordsProps) {
  const field = useId();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState({ q: "", page: 1 });
  useEffect(() => {
    const timer = setTimeout(() => setAsked((before) => (before.q === text.trim() ? before : { q: text.trim(), page: 1 })), restMs);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, isError } = useQuery({
    queryKey: ["part-records", url, part, asked],
    queryFn: ({ signal }) => ask(url, { part, ...asked }, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
  const pages = data === undefined ? 1 : Math.max(1, Math.ceil(data.total / data.pageSize));
  return (
    <section aria-label={`Records: ${title}`} className="grid gap-3 pt-3 sm:pl-7">
      <label htmlFor={field} className="sr-only">
        Search these records
      </label>
      <Input
        id={field}
        type="search"
        value={text}
        placeholder="Name, number or email"
        autoComplete="off"
        className="sm:max-w-68"
        onChange={(event) => setText(event.target.value)}
      />
      {isError ? <p className="text-small text-ask">The records could not be loaded. Close this and open it again.</p> : null}
      {data === undefined ? null : (
        <>
          <Announced text={data.total === 0 ? "No record found" : `${formatCount(data.total, "record")} found`} />
          {data.total === 0 ? <p className="text-small text-muted">Nothing in this part is called that.</p> : null}
          <ul className="divide-y divide-line border-y border-line text-sm empty:hidden">
            {data.rows.map((row) => (
              <Line key={row.id} row={row} isIn={choice.isIn !== choice.singly.has(row.id)} onChoose={onChoose} />
            ))}
          </ul>
          {pages === 1 ? null : (
            <nav aria-label={`Pages: ${title}`} className="flex items-center justify-between gap-3 text-small">
              <span className="text-muted tabular-nums">
                {formatNumber((data.page - 1) * data.pageSize + 1)}–{formatNumber(Math.min(data.page * data.pageSize, data.total))} of{" "}
                {formatCount(data.total, "record")}
              </span>
              <span className="flex gap-2">
                <Button
                  size="sm"
                  icon={<Icon name="chevron-left" />}
                  {...(asked.page === 1 ? { unavailable: "This is the first page." } : {})}
                  onClick={() => setAsked({ ...asked, page: asked.page - 1 })}
                >
                  Previous
                </Button>
                <Button
                  size="sm"
                  icon={<Icon name="chevron-right" />}
                  {...(asked.page >= pages ? { unavailable: "This is the last page." } : {})}
                  onClick={() => setAsked({ ...asked, page: asked.page + 1 })}
                >
                  Next
                </Button>
              </span>
            </nav>
          )}
        </>
      )}
    </section>
  );
}

interface LineProps {
  readonly row: LinkedRecord;
  readonly isIn: boolean;
  readonly onChoose: PartRecordsProps["onChoose"];
}

function Line({ row: { id, label, place, fields, href }, isIn, onChoose }: LineProps) {
  return (
    <li className="flex items-start justify-between gap-4 py-2">
      <label className="flex min-w-0 cursor-pointer items-start gap-3">
        <input
          type="checkbox"
          checked={isIn}
          onChange={(event) => onChoose(id, event.target.checked)}
          className="mt-0.5 size-4 shrink-0 accent-accent"
        />
        <span className="min-w-0 wrap-anywhere">
          {label}
          {place === null ? null : <span className="block text-small text-muted">{place}</span>}
          {fields.map(({ field, before, after }) => (
            <span key={field} className="block text-small text-soft">
              {field}: {before ?? "blank"} → {after ?? "blank"}
            </span>
          ))}
        </span>
      </label>
      {href === null ? null : (
        <Link href={href} prefetch={false} className="shrink-0 text-small leading-5 text-muted hover:text-ink hover:underline">
          Open<span className="sr-only">: {label}</span>
        </Link>
      )}
    </li>
  );
}

async function ask(url: string, question: object, signal: AbortSignal): Promise<Page<LinkedRecord>> {
  const answer = await fetch(url, {
    method: "POST",
    body: JSON.stringify(question),
    headers: { "content-type": "application/json" },
    signal,
  });
  if (!answer.ok) throw new Error(`records of a part: ${answer.status}`);
  return (await answer.json()) as Page<LinkedRecord>;
}
