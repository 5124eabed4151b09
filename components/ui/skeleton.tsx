import { clsx } from "clsx";

/**
 * A quiet block where content will stand. Only while there is nothing to show yet, never over data. How it is drawn stands in
 * app/skeleton.css: every page is sent with its skeleton, twice.
 */
export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden className={clsx("bone", className)} />;
}

/** Heading and form of a page that is being fetched. */
export function FormSkeleton({ label = "Loading" }: { readonly label?: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-between">
      <Skeleton className="h-8 w-64 max-w-full" />
      <div className="grid max-w-2xl gap-5">
        {[1, 2, 3, 4].map((field) => (
          <div key={field} className="grid gap-2">
            <Skeleton className="h-4 w-32" />
            <Skeleton className="h-control" />
          </div>
        ))}
      </div>
    </div>
  );
}

/** Heading and list of a page that is being fetched. */
export function PageSkeleton({ label = "Loading" }: { readonly label?: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-6">
      <Skeleton className="h-8 w-56" />
      <Skeleton className="h-4 w-80 max-w-full" />
      <Lines rows={8} />
    </div>
  );
}

/** Tabs, filters, a sentence and a table, where a list of the roster will stand: nothing moves when it comes. */
export function ListSkeleton({
  label,
  hasTabs = false,
  filters,
}: {
  readonly label: string;
  readonly hasTabs?: boolean;
  readonly filters: number;
}) {
  return (
    <div role="status" aria-label={label} className="grid gap-4">
      {hasTabs ? <Skeleton className="h-10 w-96 max-w-full" /> : <Skeleton className="h-8 w-56" />}
      <div className="flex flex-wrap gap-2">
        <Skeleton className="h-9 w-68 max-w-full" />
        {Array.from({ length: filters }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks that are all alike
          <Skeleton key={place} className="h-9 w-24" />
        ))}
      </div>
      <Skeleton className="h-4 w-72 max-w-full" />
      <Lines rows={14} />
    </div>
  );
}

/** The lines of a table. */
export function TableSkeleton({ label }: { readonly label: string }) {
  return (
    <div role="status" aria-label={label}>
      <Lines rows={6} />
    </div>
  );
}

/** Lines of a table, drawn as one element. */
export function Lines({ rows }: { readonly rows: keyof typeof heights }) {
  return <div aria-hidden className={clsx("bone-lines", heights[rows])} />;
}

const heights = { 6: "h-[calc(6*var(--row))]", 8: "h-[calc(8*var(--row))]", 14: "h-[calc(14*var(--row))]" } as const;
