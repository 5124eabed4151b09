"use client";
import { useId } from "react";
import { Button } from "#components/ui/button.tsx";
import { FieldError, Input, Select } from "#components/ui/field.tsx";
import { Icon } from "#components/ui/icon.tsx";

export interface WordMeaning {
  readonly word: string;
  readonly meaning: string;
}

export interface WordMeaningsProps {
  readonly label: string;
  readonly hint: string;
  readonly rows: readonly WordMeaning[];
  readonly meanings: Readonly<Record<string, string>>;
  readonly error: string | undefined;
  readonly onChange: (rows: readonly WordMeaning[]) => void;
}

/** Words of a SIS, each with what it means in Aivo. */
export function WordMeanings({ label, hint, rows, meanings, error, onChange }: WordMeaningsProps) {
  const hintId = useId();
  const set = (index: number, change: Partial<WordMeaning>) => onChange(rows.map((row, n) => (n === index ? { ...row, ...change } : row)));
  return (
    <fieldset className="grid min-w-0 gap-2" aria-describedby={hintId}>
      <legend className="text-sm font-strong">
        {label}
        <span className="font-normal text-muted"> (optional)</span>
      </legend>
      {rows.map(({ word, meaning }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is known by its place while its word is typed
        <div key={index} className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-center gap-2">
          <Input
            aria-label={`Word ${index + 1}, ${label}`}
            value={word}
            placeholder="ext:coach"
            spellCheck={false}
            aria-invalid={error ? true : undefined}
            onChange={(event) => set(index, { word: event.target.value })}
          />
          <Select
            aria-label={`Meaning of word ${index + 1}, ${label}`}
            value={meaning}
            onChange={(event) => set(index, { meaning: event.target.value })}
          >
            {Object.entries(meanings).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </Select>
          <Button
            size="sm"
            icon={<Icon name="x" />}
            aria-label={`Remove word ${index + 1}, ${label}`}
            onClick={() => onChange(rows.filter((_, n) => n !== index))}
          />
        </div>
      ))}
      <div>
        <Button
          size="sm"
          icon={<Icon name="plus" />}
          onClick={() => onChange([...rows, { word: "", meaning: Object.keys(meanings)[0] ?? "" }])}
        >
          Add a word
        </Button>
      </div>
      <p id={hintId} className="text-small text-pretty text-muted">
        {hint}
      </p>
      {error ? <FieldError>{error}</FieldError> : null}
    </fieldset>
  );
}
