"use client";
import * as Radix from "@radix-ui/react-progress";

export interface ProgressProps {
  /** 0 to 1; null: under way, no telling how far. */
  readonly value: number | null;
  readonly label: string;
}

export function Progress({ value, label }: ProgressProps) {
  const percent = value === null ? null : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <Radix.Root value={percent} aria-label={label} className="h-1 w-full overflow-hidden rounded-full bg-line">
      <Radix.Indicator
        className={
          percent === null
            ? "h-full w-1/3 animate-slide rounded-full bg-accent"
            : "h-full rounded-full bg-accent transition-[width] duration-500"
        }
        style={percent === null ? undefined : { width: `${percent}%` }}
      />
    </Radix.Root>
  );
}
