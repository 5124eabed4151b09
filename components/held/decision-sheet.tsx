"use client";
import { type ReactNode, useState } from "react";
import { Announced } from "#components/ui/announcer.tsx";
import { useReadOnly } from "#components/ui/read-only.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import type { HeldPart, HeldPlan } from "#lib/services/runs/held-schema.ts";
import { type Chosen, chosenOf, firstChoices, withPart, withRecord } from "./choice.ts";
import { type Decide, DecisionBox } from "./decision-box.tsx";
import { PartList } from "./part-list.tsx";

export interface DecisionSheetProps {
  readonly plan: Pick<HeldPlan, "look" | "parts" | "hash">;
  /** What stands above the parts, and below them. */
  readonly head: ReactNode;
  readonly children: ReactNode;
  /** Where the records of a part are asked for. */
  readonly recordsUrl: string;
  /** By part, its changes in the list of all. */
  readonly hrefs: Readonly<Record<string, string>>;
  /** What happens without a decision, and when the plan is dropped. */
  readonly ifNothing: ReactNode;
  readonly expires: ReactNode;
  readonly unavailable?: string;
  readonly approve: Decide;
  readonly refuse: (reason: string) => Promise<string | null>;
}

/** A plan that waits, beside the box in which it is decided: what is checked is what the box approves. */
export function DecisionSheet({ plan, head, children, recordsUrl, hrefs, ...box }: DecisionSheetProps) {
  const { parts, look, hash } = plan;
  const isReadOnly = useReadOnly();
  const [choices, setChoices] = useState(() => firstChoices(parts));
  const chosen = chosenOf(parts, choices);
  const said = saidOf(parts, chosen);
  return (
    <div className="grid items-start gap-x-12 gap-y-between lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-between">
        {head}
        <PartList
          parts={parts}
          choices={choices}
          hrefs={hrefs}
          recordsUrl={recordsUrl}
          onChoose={({ id }, isIn) => setChoices((before) => withPart(before, id, isIn))}
          onChooseRecord={(part, record, isIn) => setChoices((before) => withRecord(before, part, record, isIn))}
        />
        {children}
      </div>
      <div id="decision" className="scroll-mt-20 lg:sticky lg:top-18">
        <DecisionBox chosen={chosen} said={said} hash={hash} isHarm={look === "harm"} {...box} />
      </div>
      {isReadOnly ? null : (
        <p className="sticky bottom-0 -mx-4 flex items-center justify-between gap-4 border-t border-line bg-surface px-4 py-3 text-small text-soft sm:-mx-6 sm:px-6 lg:hidden">
          {said}
          <a href="#decision" className="text-link">
            Decide
          </a>
        </p>
      )}
      <Announced text={said} />
    </div>
  );
}

/** How much is checked, as a sentence. */
function saidOf(parts: readonly HeldPart[], { checked, leftSingly, takenSingly }: Chosen): string {
  const whole =
    parts.length === 1
      ? `The one part is ${checked === 1 ? "" : "not "}checked`
      : `${formatNumber(checked)} of ${formatNumber(parts.length)} parts are checked`;
  const without = leftSingly === 0 ? "" : `, without ${formatCount(leftSingly, "record")}`;
  const beside = takenSingly === 0 ? "" : `, and ${formatCount(takenSingly, "record")} of what is not`;
  return `${whole}${without}${beside}.`;
}
