import { Skeleton } from "#components/ui/skeleton.tsx";

const rows = [1, 2, 3, 4];
const lines = [1, 2, 3, 4, 5, 6, 7, 8];

/** Today while it is fetched: the sentence, the band, two lists. */
export function TodaySkeleton() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-between">
      <div className="grid gap-3">
        <Skeleton className="h-9 w-full max-w-xl" />
        <Skeleton className="h-9 w-full max-w-md" />
        <Skeleton className="h-4 w-72 max-w-full" />
      </div>
      <Skeleton className="h-44" />
      <div className="grid gap-x-14 gap-y-8 lg:grid-cols-[minmax(0,1fr)_21.5rem]">
        <div className="grid content-start gap-4">
          {rows.map((row) => (
            <Skeleton key={row} className="h-16" />
          ))}
        </div>
        <div className="grid content-start gap-3">
          {lines.map((line) => (
            <Skeleton key={line} className="h-5" />
          ))}
        </div>
      </div>
    </div>
  );
}
