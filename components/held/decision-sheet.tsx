"use client";
import { type ReactNode, useState } from "react";
import { Announced } from "#components/ui/announcer.tsx";
import { formatNumber } from "#lib/platform/format/number.ts";
import type { HeldPlan } from "#lib/services/runs/held-schema.ts";
import { type Decide, DecisionBox } from "./decision-box.tsx";
import { PartList } from "./part-list.tsx";

export interface DecisionSheetProps {
  readonly plan: Pick<HeldPlan, "look" | "parts" | "hash">;
  /** What stands above the parts, and below them. */
  readonly head: ReactNode;
  readonly children: ReactNode;
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
export function DecisionSheet({ plan, head, children, hrefs, ...box }: DecisionSheetProps) {
  const { parts, look, hash } = plan;
  const [left, setLeft] = useState<ReadonlySet<string>>(() => new Set(parts.filter(({ isOdd }) => isOdd).map(({ id }) => id)));
  const choose = (id: string, isIn: boolean) =>
    setLeft((before) => new Set(isIn ? [...before].filter((one) => one !== id) : [...before, id]));
  const checked = parts.length - left.size;
  const said =
    parts.length === 1
      ? `The one part is ${checked === 1 ? "" : "not "}checked.`
      : `${formatNumber(checked)} of ${formatNumber(parts.length)} parts are checked.`;
  return (
    <div className="grid items-start gap-x-12 gap-y-between lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid min-w-0 gap-between">
        {head}
        <PartList parts={parts} left={left} hrefs={hrefs} onChoose={choose} />
        {children}
      </div>
      <div id="decision" className="scroll-mt-20 lg:sticky lg:top-18">
        <DecisionBox parts={parts} left={left} said={said} hash={hash} isHarm={look === "harm"} {...box} />
      </div>
      <p className="sticky bottom-0 -mx-4 flex items-center justify-between gap-4 border-t border-line bg-surface px-4 py-3 text-small text-soft sm:-mx-6 sm:px-6 lg:hidden">
        {said}
        <a href="#decision" className="text-link">
          Decide
        </a>
      </p>
      <Announced text={said} />
    </div>
  );
}
