"use client";
import { ErrorNotice, type ErrorNoticeProps } from "#components/shell/error-notice.tsx";

export default function RootError(props: ErrorNoticeProps) {
  return <ErrorNotice {...props} />;
}
