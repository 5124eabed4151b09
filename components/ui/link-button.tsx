import { clsx } from "clsx";
import Link from "next/link";
import type { ComponentProps } from "react";
import { type Looks, looks } from "./button-looks.ts";

export interface LinkButtonProps extends Looks, Omit<ComponentProps<typeof Link>, "href"> {
  readonly href: string;
  /** A file or another site: a plain link, without client navigation. */
  readonly external?: boolean;
}

/** A link that looks like a button. */
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
