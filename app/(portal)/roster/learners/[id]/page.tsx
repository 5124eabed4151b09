import type { Metadata } from "next";
import { PersonPage } from "#app/(portal)/roster/person-page.tsx";
import type { RecordPageProps } from "#app/(portal)/roster/record-params.ts";

export const metadata: Metadata = { title: "Learner" };

export default function LearnerPage(props: RecordPageProps) {
  return <PersonPage role="learner" {...props} />;
}
