/** The mark: a register whose last line has come through. */
export function Mark({ className }: { readonly className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" className={className}>
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <path d="M9 10.5h14M9 16h8" fill="none" strokeWidth="2.6" strokeLinecap="round" className="stroke-on-accent/60" />
      <path
        d="m14.5 21.5 3 3 6.5-7.5"
        fill="none"
        strokeWidth="2.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        className="stroke-on-accent"
      />
    </svg>
  );
}

export function Brand({ district }: { readonly district: string }) {
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <Mark className="size-8 shrink-0" />
      <span className="grid min-w-0 leading-tight">
        <span className="text-sm font-semibold">Aivo</span>
        <span className="truncate text-fine leading-snug text-muted">{district}</span>
      </span>
    </span>
  );
}
