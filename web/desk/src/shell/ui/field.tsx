/** Fields of forms. */

import {
  type ComponentChildren,
  type PartialInputHTMLAttributes,
  type PartialSelectHTMLAttributes,
  type TextareaHTMLAttributes,
  type VNode,
} from "preact";
import { useId } from "preact/hooks";

interface Around {
  label: string;
  hint?: ComponentChildren;
  /** What is wrong with it. */
  error?: string | undefined;
}

/** A line of text. */
export function TextField({
  label,
  hint,
  error,
  onValue,
  ...rest
}: Around &
  Omit<PartialInputHTMLAttributes<HTMLInputElement>, "label"> & {
    onValue?: (value: string) => void;
  }): VNode {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <input
        {...(rest as Record<string, unknown>)}
        id={id}
        class="input"
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-about`}
        onInput={(event) => onValue?.(event.currentTarget.value)}
      />
    </Labelled>
  );
}

/** Several lines of text. */
export function TextArea({
  label,
  hint,
  error,
  onValue,
  ...rest
}: Around & Omit<TextareaHTMLAttributes, "label"> & { onValue?: (value: string) => void }): VNode {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <textarea
        rows={4}
        {...rest}
        id={id}
        class="input"
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-about`}
        onInput={(event) => onValue?.(event.currentTarget.value)}
      />
    </Labelled>
  );
}

/** One of a few. */
export function SelectField({
  label,
  hint,
  error,
  options,
  onValue,
  ...rest
}: Around &
  Omit<PartialSelectHTMLAttributes<HTMLSelectElement>, "label"> & {
    options: readonly { value: string; label: string }[];
    onValue?: (value: string) => void;
  }): VNode {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} error={error}>
      <select
        {...(rest as Record<string, unknown>)}
        id={id}
        class="input"
        aria-describedby={`${id}-about`}
        onChange={(event) => onValue?.(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

/** Yes or no. */
export function Check({
  label,
  checked,
  onValue,
  disabled,
}: {
  label: ComponentChildren;
  checked: boolean;
  onValue: (value: boolean) => void;
  disabled?: boolean;
}): VNode {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled ?? false}
        onChange={(event) => {
          onValue(event.currentTarget.checked);
        }}
      />
      <span>{label}</span>
    </label>
  );
}

function Labelled({
  id,
  label,
  hint,
  error,
  children,
}: Around & { id: string; children: ComponentChildren }): VNode {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      <div id={`${id}-about`} class={error === undefined ? "hint" : "hint wrong"}>
        {error ?? hint}
      </div>
    </div>
  );
}
