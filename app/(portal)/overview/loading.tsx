import { TodaySkeleton } from "#components/overview/skeleton.tsx";

export default function Loading() {
  return <TodaySkeleton />;
}
