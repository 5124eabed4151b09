import type { ReactNode } from "react";

const tones = ["bg-tone-0", "bg-tone-1", "bg-tone-2", "bg-tone-3", "bg-tone-4"];

/** What the marks of the band mean. The table beside it says the same in words, so that this is for the eye alone. */
export function Legend() {
  return (
    <div aria-hidden className="flex flex-wrap gap-x-4 gap-y-1 text-fine text-muted">
      <Entry mark="bg-up">arrived</Entry>
      <Entry mark="bg-down">left</Entry>
      <Entry mark="border-[1.5px] border-harm bg-harm-soft">left, can still sign in</Entry>
      <span className="inline-flex items-center gap-1.5">
        <span className="inline-flex gap-px">
          {tones.map((tone) => (
            <i key={tone} className={`block h-2 w-2.5 rounded-[1px] ${tone}`} />
          ))}
        </span>
        changed, none to many
      </span>
      <span className="sm:hidden">× failed</span>
      <span className="sm:hidden">‖ held</span>
    </div>
  );
}

function Entry({ mark, children }: { readonly mark: string; readonly children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <i className={`block h-2.5 w-2 rounded-[1.5px] ${mark}`} />
      {children}
    </span>
  );
}
