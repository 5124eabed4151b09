const key = "mr-1 rounded-sm border border-line px-1 font-sans text-[0.6875rem] leading-5";

/** What the keys do, where there are some; and that a link was copied. */
export function Keys({ copied }: { readonly copied: string }) {
  return (
    <div aria-hidden className="hidden h-10 shrink-0 items-center gap-6 border-t border-line px-4 text-fine text-muted md:flex">
      <span>
        <kbd className={key}>↵</kbd>open
      </span>
      <span>
        <kbd className={key}>↑</kbd>
        <kbd className={key}>↓</kbd>move
      </span>
      <span>
        <kbd className={key}>⌘↵</kbd>copy link
      </span>
      <span className="ml-auto">{copied || "name, number, email or SIS id, in any order"}</span>
    </div>
  );
}
