import { Field, Input } from "#components/ui/field.tsx";
import { passwordMinLength } from "#lib/services/accounts/password-length-schema.ts";

/** How the two fields are called, by their names. */
export const newPasswordLabels = { next: "New password", repeated: "New password again" };

/** A password that is chosen, twice. */
export function NewPasswordFields({ errors }: { readonly errors: Readonly<Record<string, string | undefined>> }) {
  return (
    <>
      <Field
        id="next"
        label={newPasswordLabels.next}
        required
        error={errors.next}
        hint={`At least ${passwordMinLength} characters. A sentence is easier to remember than a riddle.`}
      >
        {(control) => <Input {...control} name="next" type="password" autoComplete="new-password" maxLength={200} />}
      </Field>
      <Field id="repeated" label={newPasswordLabels.repeated} required error={errors.repeated}>
        {(control) => <Input {...control} name="repeated" type="password" autoComplete="new-password" maxLength={200} />}
      </Field>
    </>
  );
}
