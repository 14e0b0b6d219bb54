import type { SelectOption } from "./action.ts";

/** One input of a form. */
export type FormField = {
  /** Key of its value in `form.submitted`. */
  readonly id: string;
  readonly label: string;
  readonly optional?: boolean;
  readonly hint?: string;
} & (
  | {
      readonly kind: "text";
      readonly multiline?: boolean;
      readonly placeholder?: string;
      readonly value?: string;
      readonly maxLength?: number;
    }
  | {
      readonly kind: "select";
      readonly options: readonly SelectOption[];
      readonly multiple?: boolean;
      readonly dynamic?: boolean;
    }
  | { readonly kind: "date" }
  | { readonly kind: "user" }
);

/** A dialog with inputs; submitting it sends `form.submitted`. */
export interface Form {
  /** Name that handlers listen for. */
  readonly id: string;
  readonly title: string;
  readonly fields: readonly FormField[];
  readonly submitLabel?: string;
  /** Text that comes back untouched with the submission. */
  readonly state?: string;
}

/** What a person entered: a text, several choices, or nothing. */
export type FormValue = string | readonly string[] | null;
