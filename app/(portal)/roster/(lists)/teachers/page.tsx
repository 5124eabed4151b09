import type { Metadata } from "next";
import { PeoplePage } from "#app/(portal)/roster/people-page.tsx";
import type { SearchParams } from "#app/search-params.ts";

export const metadata: Metadata = { title: "Teachers" };

export default function TeachersPage({ searchParams }: { readonly searchParams: SearchParams }) {
  return <PeoplePage role="teacher" searchParams={searchParams} />;
}
