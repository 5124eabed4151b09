import { ListSkeleton } from "#components/ui/skeleton.tsx";

/** For the lists alone: under a page of one record it would send its status before it is known whether there is such a record. */
export default function Loading() {
  return <ListSkeleton label="Loading the roster" hasTabs filters={3} />;
}
