import type { ReactNode } from "react";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md";

/** How a button or a link that looks like one is drawn. */
export interface Looks {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** An icon; decoration only. */
  readonly icon?: ReactNode;
}

/** The classes of a button (app/controls.css). */
export function looks({ variant = "secondary", size = "md" }: Looks): string {
  return `btn btn-${variant} btn-${size}`;
}
