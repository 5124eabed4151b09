import { clsx } from "clsx";
import { type ComponentProps, type ReactNode, useId } from "react";
import { FieldError } from "./field.tsx";

export interface CheckboxProps extends Omit<ComponentProps<"input">, "type"> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
}

export function Checkbox({ label, hint, error, id, ...rest }: CheckboxProps) {
  const made = useId();
  const controlId = id ?? made;
  const describedBy = [hint ? `${controlId}-hint` : null, error ? `${controlId}-error` : null].filter(Boolean).join(" ") || undefined;
  return (
    <div className="flex gap-2.5">
      <input
        {...rest}
        id={controlId}
        type="checkbox"
        aria-describedby={describedBy}
        aria-invalid={error ? true : undefined}
        className="mt-0.5 size-4 shrink-0"
      />
      <div className="grid gap-0.5">
        <label htmlFor={controlId} className="text-sm">
          {label}
        </label>
        {hint ? (
          <p id={`${controlId}-hint`} className="text-small text-pretty text-muted">
            {hint}
          </p>
        ) : null}
        {error ? <FieldError id={`${controlId}-error`}>{error}</FieldError> : null}
      </div>
    </div>
  );
}

export interface RadioOption {
  readonly value: string;
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** A picture of it; decoration only. */
  readonly mark?: ReactNode;
}

export interface RadioGroupProps {
  readonly legend: ReactNode;
  /** Where the heading above says the same already, the legend is for those alone who cannot see it. */
  readonly isLegendHidden?: boolean;
  readonly name: string;
  readonly options: readonly RadioOption[];
  /** Controlled with `onChange`, else the first choice of the form. */
  readonly value?: string;
  readonly defaultValue?: string;
  readonly onChange?: (value: string) => void;
  readonly error?: string | undefined;
  /** "list": one under the other. "row": short ones beside each other. "cards": each with a mark, as many in a row as fit. */
  readonly layout?: keyof typeof layouts;
}

const layouts = {
  list: { group: "grid gap-2", option: "items-start px-3 py-2" },
  row: { group: "flex flex-wrap gap-2", option: "min-h-control items-center px-3 max-sm:grow" },
  cards: { group: "grid gap-2 sm:grid-cols-2 xl:grid-cols-4", option: "min-h-14 items-center px-3 py-2" },
};

/** Native radios: arrow keys, forms and phones know them. */
export function RadioGroup(props: RadioGroupProps) {
  const { legend, isLegendHidden = false, name, options, value, defaultValue, onChange, error, layout = "list" } = props;
  const id = useId();
  const look = layouts[layout];
  return (
    <fieldset className="min-w-0" aria-describedby={error ? `${id}-error` : undefined}>
      <legend className={isLegendHidden ? "sr-only" : "mb-1 text-sm font-strong"}>{legend}</legend>
      <div className={look.group}>
        {options.map((option, index) => (
          <label
            key={option.value}
            htmlFor={`${id}-${index}`}
            className={clsx(
              "flex min-w-0 cursor-pointer gap-2.5 rounded-md border border-line bg-surface hover:border-edge has-checked:border-accent has-checked:shadow-[inset_0_0_0_1px_var(--accent)]",
              look.option,
            )}
          >
            <input
              id={`${id}-${index}`}
              type="radio"
              name={name}
              value={option.value}
              checked={value === undefined ? undefined : value === option.value}
              defaultChecked={value === undefined ? defaultValue === option.value : undefined}
              onChange={onChange ? () => onChange(option.value) : undefined}
              className={clsx("size-4 shrink-0", layout === "list" && "mt-0.5")}
            />
            <span className="grid min-w-0 flex-1">
              <span className="text-sm font-strong">{option.label}</span>
              {option.hint ? <span className="text-small text-muted">{option.hint}</span> : null}
            </span>
            {option.mark}
          </label>
        ))}
      </div>
      {error ? (
        <div className="mt-2">
          <FieldError id={`${id}-error`}>{error}</FieldError>
        </div>
      ) : null}
    </fieldset>
  );
}
