import { clsx } from "clsx";
import Link from "next/link";
import { Icon } from "#components/ui/icon.tsx";
import { formatCount, formatNumber } from "#lib/platform/format/number.ts";
import { Announced } from "./announcer.tsx";

export interface PaginationProps {
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  readonly total: number;
  /** What is counted: ["learner", "learners"]. */
  readonly noun: readonly [one: string, many: string];
  readonly hrefFor: (page: number) => string;
}

/** How long the list is; where there is more than one page, which one this is and the way to the next. */
export function Pagination(props: PaginationProps) {
  const { total, noun } = props;
  return (
    <>
      <Announced text={total === 0 ? `No ${noun[1]} found` : `${formatCount(total, ...noun)} found`} />
      <Pages {...props} />
    </>
  );
}

function Pages({ page, pageSize, total, noun: [one, many], hrefFor }: PaginationProps) {
  if (total === 0) return null;
  const first = (page - 1) * pageSize + 1;
  const last = Math.min(page * pageSize, total);
  const pages = Math.max(1, Math.ceil(total / pageSize));
  if (pages === 1 && page === 1) {
    return (
      <p className="pt-3 text-small text-muted tabular-nums">
        1–{formatNumber(total)} of {formatCount(total, one, many)}
      </p>
    );
  }
  return (
    <nav aria-label={`Pages of ${many}`} className="flex flex-wrap items-center justify-between gap-3 pt-3 text-small">
      <p className="text-muted tabular-nums">
        {first > total ? "Nothing on this page" : `${formatNumber(first)}–${formatNumber(last)}`} of {formatCount(total, one, many)}
      </p>
      <div className="flex items-center gap-1">
        <Step
          label="Previous"
          href={page > 1 ? hrefFor(Math.min(page - 1, pages)) : null}
          icon={<Icon name="chevron-left" className="size-4" />}
        />
        <span className="px-2 text-muted tabular-nums">
          Page {formatNumber(page)} of {formatNumber(pages)}
        </span>
        <Step label="Next" href={page < pages ? hrefFor(page + 1) : null} icon={<Icon name="chevron-right" className="size-4" />} />
      </div>
    </nav>
  );
}

function Step({
  label,
  href,
  icon,
}: {
  readonly label: "Previous" | "Next";
  readonly href: string | null;
  readonly icon: React.ReactNode;
}) {
  const look = clsx(
    "inline-flex min-h-8 items-center gap-1 rounded-md border border-edge/60 bg-surface px-2.5 text-small font-medium",
    label === "Next" && "flex-row-reverse",
  );
  if (href === null) {
    return (
      <button type="button" disabled className={clsx(look, "cursor-not-allowed opacity-50")}>
        {icon}
        {label}
      </button>
    );
  }
  return (
    <Link href={href} className={clsx(look, "hover:border-edge hover:bg-sunken")}>
      {icon}
      {label}
    </Link>
  );
}
