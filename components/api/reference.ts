/** An operation of the API, as its reference shows it. */
export interface ReferenceOperation {
  readonly id: string;
  readonly tag: string;
  readonly method: string;
  /** Below the API's address: "/runs/{run}". */
  readonly path: string;
  readonly summary: string;
  readonly description: string | null;
  readonly scope: string;
  readonly parameters: readonly ReferenceField[];
  readonly body: readonly ReferenceField[];
  /** Of what is answered where all is well. */
  readonly status: string;
  readonly answer: readonly ReferenceField[];
  readonly refusals: readonly { readonly status: string; readonly description: string }[];
  readonly curl: string;
}

export interface ReferenceField {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string | null;
}
