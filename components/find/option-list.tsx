import { clsx } from "clsx";
import { useEffect, useRef } from "react";
import { Icon } from "#components/ui/icon.tsx";
import type { IconName } from "#components/ui/icon-names.ts";
import { SchoolMark } from "#components/ui/school-mark.tsx";
import { beginnings } from "#lib/platform/format/beginnings.ts";
import type { FindGroup, FindIcon, FindOption } from "./types.ts";

const icons: Readonly<Record<FindIcon, IconName>> = {
  person: "user-round",
  class: "book-open",
  school: "school",
  integration: "waypoints",
  sync: "history",
  page: "file",
  action: "play",
  bar: "circle-slash-2",
  help: "circle-question-mark",
  further: "search",
};

export interface OptionListProps {
  readonly id: string;
  readonly groups: readonly FindGroup[];
  readonly words: readonly string[];
  readonly active: FindOption | null;
  /** In the place of a list that is empty. */
  readonly says: string;
  readonly onMark: (key: string) => void;
  readonly onOpen: (option: FindOption) => void;
}

/** What was found, by kind. Focus stays in the field: the arrow keys there move the mark here. */
export function OptionList({ id, groups, words, active, says, onMark, onOpen }: OptionListProps) {
  return (
    <div id={id} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto overscroll-contain p-2">
      {groups.map(({ title, options }) => (
        // biome-ignore lint/a11y/useSemanticElements: a listbox holds groups, and a fieldset holds controls
        <div key={title} role="group" aria-label={title}>
          <div role="presentation" className="eyebrow px-2 pt-3 pb-1 first:pt-2">
            {title}
          </div>
          {options.map((option) => (
            <Option
              key={option.key}
              id={`${id}-${option.key}`}
              option={option}
              words={words}
              isActive={option.key === active?.key}
              onMark={() => onMark(option.key)}
              onOpen={() => onOpen(option)}
            />
          ))}
        </div>
      ))}
      {groups.length === 0 ? (
        <div role="presentation" className="px-2 py-3 text-sm text-muted">
          {says}
        </div>
      ) : null}
    </div>
  );
}

interface OptionProps {
  readonly id: string;
  readonly option: FindOption;
  readonly words: readonly string[];
  readonly isActive: boolean;
  readonly onMark: () => void;
  readonly onOpen: () => void;
}

function Option({ id, option: { icon, schoolPlace, label, detail, asks }, words, isActive, onMark, onOpen }: OptionProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) ref.current?.scrollIntoView({ block: "nearest" });
  }, [isActive]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field that owns the list
    <div
      ref={ref}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isActive}
      onClick={onOpen}
      onMouseMove={isActive ? undefined : onMark}
      className={clsx(
        "grid min-h-9 cursor-pointer grid-cols-[1.25rem_minmax(0,1fr)_auto] items-center gap-2 rounded-md px-2 max-md:min-h-11",
        isActive && "bg-accent-soft",
      )}
    >
      {schoolPlace === null ? (
        <Icon name={icons[icon]} className="size-4 text-muted" />
      ) : (
        <SchoolMark place={schoolPlace} className="ml-[0.1875rem]" />
      )}
      <span className="truncate" title={label}>
        {beginnings(label, words).map(({ text, isSought }, index) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a label never change their order
          isSought ? <b key={index}>{text}</b> : <span key={index}>{text}</span>,
        )}
      </span>
      <span className={clsx("max-w-64 truncate text-fine max-sm:max-w-32", asks ? "text-ask" : "text-muted")}>{detail}</span>
    </div>
  );
}
