import type { ReactNode } from "react";

export interface KeyValueItem {
  readonly label: string;
  /** null: shown as "none". */
  readonly value: ReactNode;
}

/** Facts about one thing. */
export function KeyValue({ items }: { readonly items: readonly KeyValueItem[] }) {
  return (
    <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
      {items.map((item) => (
        <div key={item.label} className="min-w-0">
          <dt className="eyebrow">{item.label}</dt>
          <dd className="mt-0.5 text-sm break-words">{item.value ?? <span className="text-muted">None</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
