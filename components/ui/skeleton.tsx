import { clsx } from "clsx";

/** A quiet block where content will stand. Only while there is nothing to show yet, never over data. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden className={clsx("animate-pulse rounded-sm bg-sunken", className)} />;
}

/** Heading and form of a page that is being fetched. */
export function FormSkeleton({ label = "Loading" }: { readonly label?: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-between">
      <Skeleton className="h-8 w-64 max-w-full" />
      <div className="grid max-w-2xl gap-5">
        {placeholders.slice(0, 4).map((field) => (
          <div key={field} className="grid gap-2">
            <Skeleton className="h-4 w-32" />
            <Skeleton className="h-control" />
          </div>
        ))}
      </div>
    </div>
  );
}

const placeholders = [1, 2, 3, 4, 5, 6, 7, 8];

/** Heading and table of a page that is being fetched. */
export function PageSkeleton({ label = "Loading" }: { readonly label?: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-between">
      <div className="grid gap-2">
        <Skeleton className="h-8 w-96 max-w-full" />
        <Skeleton className="h-5 w-64 max-w-full" />
      </div>
      <div className="divide-y divide-line border-y border-line">
        {placeholders.map((row) => (
          <div key={row} className="flex h-row items-center justify-between gap-8">
            <Skeleton className="h-4 w-56 max-w-full" />
            <Skeleton className="h-4 w-24" />
          </div>
        ))}
      </div>
    </div>
  );
}
