"use client";
import { clsx } from "clsx";
import type { ComponentProps } from "react";
import { Icon } from "#components/ui/icon.tsx";
import { type Looks, looks } from "./button-looks.ts";
import { useReadOnly } from "./read-only.tsx";
import { Tooltip } from "./tooltip.tsx";

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
  const isReadOnly = useReadOnly();
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
      {pending ? <Icon name="loader-circle" className="size-4 animate-spin" /> : icon}
      {children}
    </button>
  );
  return isReadOnly ? null : <Tooltip content={unavailable}>{button}</Tooltip>;
}
