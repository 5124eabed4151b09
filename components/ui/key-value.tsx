import { clsx } from "clsx";
import type { ReactNode } from "react";

export interface KeyValueItem {
  readonly label: string;
  /** null: shown as "none". */
  readonly value: ReactNode;
  /** A long value: it takes the whole line. */
  readonly wide?: boolean;
}

/** Facts about one thing. */
export function KeyValue({ items, columns = 2 }: { readonly items: readonly KeyValueItem[]; readonly columns?: 2 | 4 }) {
  return (
    <dl className={clsx("grid gap-x-8 gap-y-4 sm:grid-cols-2", columns === 4 && "xl:grid-cols-4")}>
      {items.map((item) => (
        <div key={item.label} className={clsx("min-w-0", item.wide && "sm:col-span-2")}>
          <dt className="eyebrow">{item.label}</dt>
          <dd className="mt-0.5 text-sm break-words">{item.value ?? <span className="text-muted">None</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
