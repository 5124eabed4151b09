import { clsx } from "clsx";

/** A quiet block where content will stand. Only while there is nothing to show yet, never over data. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden className={clsx("animate-pulse rounded-md bg-sunken", className)} />;
}

const placeholders = [1, 2, 3, 4, 5, 6, 7, 8];

/** Heading and table of a page that is being fetched. */
export function PageSkeleton({ label = "Loading" }: { readonly label?: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-6">
      <Skeleton className="h-8 w-56" />
      <Skeleton className="h-4 w-80 max-w-full" />
      <div className="grid gap-2">
        {placeholders.map((row) => (
          <Skeleton key={row} className="h-11" />
        ))}
      </div>
    </div>
  );
}
