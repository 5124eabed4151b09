"use client";
import { clsx } from "clsx";
import { LoaderCircle } from "lucide-react";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";
import { Tooltip } from "./tooltip.tsx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md";

interface Looks {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** A lucide icon; decoration only. */
  readonly icon?: ReactNode;
}

export interface ButtonProps extends Looks, Omit<ComponentProps<"button">, "disabled"> {
  /** The action is under way: the button stays where it is, keeps focus, and does nothing. */
  readonly pending?: boolean;
  /** Why it cannot be used now. It stays focusable and says so. */
  readonly unavailable?: string;
}

/** `type` is "button" unless said otherwise. */
export function Button({
  variant,
  size,
  icon,
  pending = false,
  unavailable,
  className,
  children,
  onClick,
  type = "button",
  ...rest
}: ButtonProps) {
  const blocked = pending || unavailable !== undefined;
  const button = (
    <button
      {...rest}
      type={type}
      aria-disabled={blocked || undefined}
      aria-busy={pending || undefined}
      onClick={blocked ? (event) => event.preventDefault() : onClick}
      className={clsx(looks({ variant, size }), className)}
    >
      {pending ? <LoaderCircle aria-hidden className="size-4 animate-spin" /> : icon}
      {children}
    </button>
  );
  return unavailable === undefined ? button : <Tooltip content={unavailable}>{button}</Tooltip>;
}

export interface LinkButtonProps extends Looks, Omit<ComponentProps<typeof Link>, "href"> {
  readonly href: string;
  /** A file or another site: a plain link, without client navigation. */
  readonly external?: boolean;
}

export function LinkButton({ variant, size, icon, external = false, className, children, href, ...rest }: LinkButtonProps) {
  const classes = clsx(looks({ variant, size }), className);
  if (external) {
    return (
      <a href={href} className={classes}>
        {icon}
        {children}
      </a>
    );
  }
  return (
    <Link {...rest} href={href} className={classes}>
      {icon}
      {children}
    </Link>
  );
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

function looks({ variant = "secondary", size = "md" }: Looks): string {
  return clsx(
    "inline-flex shrink-0 items-center justify-center rounded-md font-strong whitespace-nowrap transition-colors select-none [&_svg]:size-4 [&_svg]:shrink-0",
    "aria-disabled:cursor-not-allowed aria-disabled:opacity-60",
    variants[variant],
    sizes[size],
  );
}
