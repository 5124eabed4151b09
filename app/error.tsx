"use client";
import { type ErrorNoticeProps, ErrorOnDemand } from "#components/shell/error-on-demand.tsx";

export default function RootError(props: ErrorNoticeProps) {
  return <ErrorOnDemand {...props} />;
}
