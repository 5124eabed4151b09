import type { ReactNode } from "react";

/** One of the numbered steps of Add Integration. */
export function Step({ number, title, children }: { readonly number: number; readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-labelledby={`step-${number}`} className="min-w-0 rounded-lg border border-line bg-surface p-5 shadow-raised">
      <h2 id={`step-${number}`} className="mb-4 flex items-center gap-2.5 text-head">
        <span aria-hidden className="grid size-6 place-items-center rounded-full bg-accent text-fine text-on-accent">
          {number}
        </span>
        {title}
      </h2>
      <div className="grid gap-5">{children}</div>
    </section>
  );
}
