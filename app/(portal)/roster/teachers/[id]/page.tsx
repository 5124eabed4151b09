import type { Metadata } from "next";
import { PersonPage, type RecordParams } from "#app/(portal)/roster/person-page.tsx";

export const metadata: Metadata = { title: "Teacher" };

export default function TeacherPage({ params }: { readonly params: RecordParams }) {
  return <PersonPage role="teacher" params={params} />;
}
