import { clsx } from "clsx";
import type { ReactNode } from "react";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md";

/** How a button or a link that looks like one is drawn. */
export interface Looks {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** A lucide icon; decoration only. */
  readonly icon?: ReactNode;
}

const variants: Record<ButtonVariant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-edge/60 bg-surface text-ink shadow-raised hover:border-edge hover:bg-sunken",
  quiet: "text-soft hover:bg-sunken hover:text-ink",
  danger: "bg-harm text-on-harm hover:bg-harm-strong",
};
const sizes: Record<ButtonSize, string> = {
  sm: "min-h-[1.875rem] gap-1.5 px-2.5 text-small",
  md: "min-h-control gap-2 px-3.5 text-sm",
};

/** The classes of a button. */
export function looks({ variant = "secondary", size = "md" }: Looks): string {
  return clsx(
    "inline-flex shrink-0 items-center justify-center rounded-md font-strong whitespace-nowrap transition-colors select-none [&_svg]:size-4 [&_svg]:shrink-0",
    "aria-disabled:cursor-not-allowed aria-disabled:opacity-60",
    variants[variant],
    sizes[size],
  );
}
