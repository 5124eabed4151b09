import { clsx } from "clsx";
import { type ComponentProps, type ReactNode, useId } from "react";
import { Icon } from "#components/ui/icon.tsx";

/** What the control inside a Field must carry; spread it. */
export interface ControlProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": true | undefined;
  readonly required: boolean;
}

export interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly required?: boolean;
  /** FormErrorSummary links to it; made up where left out. */
  readonly id?: string;
  readonly children: (control: ControlProps) => ReactNode;
}

/** Label, hint, control and its error, tied together for everyone. Optional fields say so; required ones are the rule. */
export function Field({ label, hint, error, required = false, id, children }: FieldProps) {
  const made = useId();
  const controlId = id ?? made;
  const hintId = `${controlId}-hint`;
  const errorId = `${controlId}-error`;
  const describedBy = [hint ? hintId : null, error ? errorId : null].filter(Boolean).join(" ") || undefined;
  return (
    <div className="grid content-start gap-1">
      <label htmlFor={controlId} className="text-sm font-strong">
        {label}
        {required ? null : <span className="font-normal text-muted"> (optional)</span>}
      </label>
      {children({ id: controlId, "aria-describedby": describedBy, "aria-invalid": error ? true : undefined, required })}
      {hint ? (
        <p id={hintId} className="text-small text-pretty text-muted">
          {hint}
        </p>
      ) : null}
      {error ? <FieldError id={errorId}>{error}</FieldError> : null}
    </div>
  );
}

export function FieldError({ id, children }: { readonly id?: string; readonly children: ReactNode }) {
  return (
    <p id={id} className="flex items-start gap-1.5 text-small text-harm">
      <Icon name="circle-alert" className="mt-0.5 size-3.5 shrink-0" />
      <span>{children}</span>
    </p>
  );
}

const control = "w-full rounded-md border border-edge bg-surface px-3 text-sm text-ink placeholder:text-muted aria-invalid:border-harm";
/** Not for a Select: to a browser, every one of them is read-only. */
const readOnly = "read-only:border-line read-only:text-soft";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={clsx(control, readOnly, "min-h-control py-1.5", className)} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} className={clsx(control, readOnly, "min-h-20 py-2", className)} />;
}

/** The system's own list, which every phone and screen reader knows. */
export function Select({ className, ...rest }: ComponentProps<"select">) {
  return (
    <select
      {...rest}
      className={clsx(
        control,
        "min-h-control py-1.5 pr-8 disabled:appearance-none disabled:opacity-100 disabled:border-line disabled:text-soft",
        className,
      )}
    />
  );
}
