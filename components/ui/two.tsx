import type { ReactNode } from "react";

/** A name over what is said of it in small: both lines of one row. Each is cut where the column ends. */
export function Two({ children, under }: { readonly children: ReactNode; readonly under: ReactNode }) {
  return (
    <span className="two">
      <span className="cut">{children}</span>
      <small className="cut">{under}</small>
    </span>
  );
}
