import { ListSkeleton } from "#components/ui/skeleton.tsx";

export default function Loading() {
  return <ListSkeleton label="Loading the audit log" filters={3} />;
}
