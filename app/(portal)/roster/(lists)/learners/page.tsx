import type { Metadata } from "next";
import { PeoplePage } from "#app/(portal)/roster/people-page.tsx";
import type { SearchParams } from "#app/search-params.ts";

export const metadata: Metadata = { title: "Learners" };

export default function LearnersPage({ searchParams }: { readonly searchParams: SearchParams }) {
  return <PeoplePage role="learner" searchParams={searchParams} />;
}
