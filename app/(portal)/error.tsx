"use client";
import { type ErrorNoticeProps, ErrorOnDemand } from "#components/shell/error-on-demand.tsx";

export default function PortalError(props: ErrorNoticeProps) {
  return <ErrorOnDemand framed {...props} />;
}
