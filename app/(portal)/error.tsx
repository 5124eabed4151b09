"use client";
import { ErrorNotice, type ErrorNoticeProps } from "#components/shell/error-notice.tsx";

export default function PortalError(props: ErrorNoticeProps) {
  return <ErrorNotice framed {...props} />;
}
