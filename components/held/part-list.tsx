import { clsx } from "clsx";
import Link from "next/link";
import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { useReadOnly } from "#components/ui/read-only.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { HeldPart } from "#lib/services/runs/held-schema.ts";
import { type Choice, type Choices, choiceOf } from "./choice.ts";
import { PartRecords } from "./part-records.tsx";

export interface PartListProps {
  readonly parts: readonly HeldPart[];
  readonly choices: Choices;
  readonly hrefs: Readonly<Record<string, string>>;
  /** Where the records of a part are asked for. */
  readonly recordsUrl: string;
  readonly onChoose: (part: HeldPart, isIn: boolean) => void;
  readonly onChooseRecord: (part: HeldPart, record: string, isIn: boolean) => void;
}

/** The parts of a plan, each to be left out or not, and so is each of its records; what goes with all says so. */
export function PartList({ parts, choices, hrefs, recordsUrl, onChoose, onChooseRecord }: PartListProps) {
  const isReadOnly = useReadOnly();
  const isChoice = !isReadOnly && parts.some(({ whyWithAll }) => whyWithAll === null);
  return (
    <Card title="What it would do" aside={isChoice ? "uncheck a part, or some of its records, to leave it out" : null} flush>
      <ul className="divide-y divide-line">
        {parts.map((part) => (
          <Part
            key={part.id}
            part={part}
            choice={choiceOf(choices, part.id)}
            href={hrefs[part.id] ?? "#"}
            recordsUrl={recordsUrl}
            onChoose={onChoose}
            onChooseRecord={onChooseRecord}
          />
        ))}
      </ul>
    </Card>
  );
}

interface PartProps extends Pick<PartListProps, "recordsUrl" | "onChoose" | "onChooseRecord"> {
  readonly part: HeldPart;
  readonly choice: Choice;
  readonly href: string;
}

const way = "flex min-h-6 shrink-0 items-center text-small text-muted hover:text-ink hover:underline";

function Part({ part, choice, href, recordsUrl, onChoose, onChooseRecord }: PartProps) {
  const { id, title, note, whyWithAll, isOdd, count } = part;
  const [isOpen, setOpen] = useState(false);
  const isReadOnly = useReadOnly();
  const { isIn, singly } = choice;
  return (
    <li className="py-3">
      <div className="flex items-start justify-between gap-4">
        <label className={clsx("flex min-w-0 items-start gap-3", whyWithAll === null && "cursor-pointer")}>
          <input
            type="checkbox"
            name={id}
            checked={isIn}
            ref={(box) => {
              if (box) box.indeterminate = singly.size > 0;
            }}
            disabled={whyWithAll !== null}
            onChange={() => onChoose(part, singly.size > 0 || !isIn)}
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          <span className="min-w-0 text-sm">
            <span className="font-strong">{title}</span>
            {note === null ? null : <span className={clsx("block text-small", isOdd ? "text-ask" : "text-muted")}>{note}</span>}
            {whyWithAll === null ? null : <span className="block text-small text-muted">{whyWithAll}</span>}
            {singly.size === 0 ? null : (
              <span className="block text-small text-soft">
                {isIn ? `without ${formatNumber(singly.size)} of them` : `only ${formatNumber(singly.size)} of ${formatNumber(count)}`}
              </span>
            )}
          </span>
        </label>
        <span className="-mt-0.5 flex shrink-0 gap-x-4 max-sm:flex-col max-sm:items-end">
          {whyWithAll === null && count > 1 && !isReadOnly ? (
            <button type="button" aria-expanded={isOpen} className={way} onClick={() => setOpen(!isOpen)}>
              {isOpen ? "Close" : "Choose"}
              <span className="sr-only"> among: {title}</span>
            </button>
          ) : null}
          <Link href={href} className={way}>
            See them<span className="sr-only">: {title}</span>
          </Link>
        </span>
      </div>
      {isOpen ? (
        <PartRecords
          url={recordsUrl}
          part={id}
          title={title}
          choice={choice}
          onChoose={(record, isChosen) => onChooseRecord(part, record, isChosen)}
        />
      ) : null}
    </li>
  );
}
