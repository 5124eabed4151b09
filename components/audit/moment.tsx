import { formatDateTime, formatExact } from "#lib/platform/format/date-time.ts";

export interface MomentProps {
  /** ISO 8601. */
  readonly at: string;
  readonly timeZone: string;
  readonly now: Date;
}

/** When something of a log was, in the reader's terms; the server's, so that no row of a list carries a script. */
export function Moment({ at, timeZone, now }: MomentProps) {
  const moment = new Date(at);
  return (
    <time dateTime={at} title={formatExact(moment, timeZone)}>
      {formatDateTime(moment, timeZone, now)}
    </time>
  );
}
