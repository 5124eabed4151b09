import { PageSkeleton } from "#components/ui/skeleton.tsx";

/** For the list alone: under the page of one integration it would send its status before it is known whether there is one. */
export default function Loading() {
  return <PageSkeleton />;
}
