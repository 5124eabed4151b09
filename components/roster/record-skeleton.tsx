import { Lines, Skeleton } from "#components/ui/skeleton.tsx";
import { RecordLayout } from "./record-layout.tsx";

/** A record's page while it is fetched: whose it is, its sentence, the way from the SIS, what it consists of, and its history. */
export function RecordSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="grid gap-between">
      <div className="grid gap-2">
        <Skeleton className="h-4 w-24" />
        <Skeleton className="h-6 w-72 max-w-full" />
        <Skeleton className="h-8 w-full max-w-xl" />
      </div>
      <div className="border-y border-line py-4">
        <Skeleton className="h-31" />
      </div>
      <RecordLayout lost={null} history={<Lines rows={6} />}>
        <Lines rows={14} />
      </RecordLayout>
    </div>
  );
}
