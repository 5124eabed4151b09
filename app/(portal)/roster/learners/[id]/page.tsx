import type { Metadata } from "next";
import { PersonPage, type RecordParams } from "#app/(portal)/roster/person-page.tsx";

export const metadata: Metadata = { title: "Learner" };

export default function LearnerPage({ params }: { readonly params: RecordParams }) {
  return <PersonPage role="learner" params={params} />;
}
