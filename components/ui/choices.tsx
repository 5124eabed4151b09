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
        className="mt-1 size-4 shrink-0"
      />
      <div className="grid gap-0.5">
        <label htmlFor={controlId} className="text-sm font-medium">
          {label}
        </label>
        {hint ? (
          <p id={`${controlId}-hint`} className="text-small leading-snug text-muted">
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
}

/** Native radios: arrow keys, forms and phones know them. */
export function RadioGroup({ legend, isLegendHidden = false, name, options, value, defaultValue, onChange, error }: RadioGroupProps) {
  const id = useId();
  return (
    <fieldset className="grid gap-2" aria-describedby={error ? `${id}-error` : undefined}>
      <legend className={isLegendHidden ? "sr-only" : "mb-1.5 text-sm font-medium"}>{legend}</legend>
      {options.map((option, index) => (
        <label
          key={option.value}
          htmlFor={`${id}-${index}`}
          className="flex cursor-pointer gap-3 rounded-md border border-line bg-surface px-3 py-2.5 hover:border-edge has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            id={`${id}-${index}`}
            type="radio"
            name={name}
            value={option.value}
            checked={value === undefined ? undefined : value === option.value}
            defaultChecked={value === undefined ? defaultValue === option.value : undefined}
            onChange={onChange ? () => onChange(option.value) : undefined}
            className="mt-1 size-4 shrink-0"
          />
          <span className="grid">
            <span className="text-sm font-medium">{option.label}</span>
            {option.hint ? <span className="text-small leading-snug text-muted">{option.hint}</span> : null}
          </span>
        </label>
      ))}
      {error ? <FieldError id={`${id}-error`}>{error}</FieldError> : null}
    </fieldset>
  );
}
