import { ListSkeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return <ListSkeleton label="Loading the edits" hasTabs filters={1} />;
}
