/**
 * A form in a dialog, told by its fields: adds, changes, asks for a reason or for confirmation.
 *
 * Faults stand at their fields; it closes once what was sent is done.
 */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import { type Problem, asProblem } from "../api/problem";
import type { Entries } from "../format/entry";
import { shellWords } from "../shell/words";
import { type ControlProps, Field } from "./Field";
import { Dialog } from "./Dialog";
import { ProblemNote } from "./notes";

export interface FormField {
  name: string;
  label: string;
  kind?: "text" | "decimal" | "date" | "time" | "datetime-local" | "password" | "email" | "area" | "tick";
  /** Makes it a choice of one: value and word. */
  options?: readonly (readonly [string, string])[];
  optional?: boolean;
  hint?: ComponentChildren;
  /** Where the API's faults about it point; by default to the member of its name. */
  pointer?: string;
}

interface Properties {
  title: string;
  intro?: ComponentChildren;
  fields: readonly FormField[];
  start?: Entries;
  save: string;
  submit: (entries: Entries) => Promise<void>;
  onClose: () => void;
  /** After what was sent is done; closes by default. */
  onDone?: () => void;
}

export function FormDialog({ title, intro, fields, start = {}, save, submit, onClose, onDone = onClose }: Properties) {
  const [entries, setEntries] = useState<Entries>(() =>
    Object.fromEntries(fields.map((field) => [field.name, start[field.name] ?? field.options?.[0]?.[0] ?? ""])),
  );
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  async function send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await submit(entries);
      onDone();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title={title} onClose={onClose}>
      {intro !== undefined && <div class="form-intro">{intro}</div>}
      {problem && <ProblemNote problem={problem} />}
      <form class="fields" onSubmit={(event) => void send(event)}>
        {fields.map((field) => (
          <Field key={field.name} label={field.label} hint={field.hint} fault={problem?.faultOf(field.pointer ?? `/${field.name}`)}>
            {(control) => (
              <Control
                control={control}
                field={field}
                value={entries[field.name] ?? ""}
                set={(value) => setEntries((before) => ({ ...before, [field.name]: value }))}
              />
            )}
          </Field>
        ))}
        <div class="buttons form-end">
          <button type="submit" class="primary" disabled={busy}>
            {save}
          </button>
          <button type="button" onClick={onClose}>
            {shellWords().cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ControlOf {
  control: ControlProps;
  field: FormField;
  value: string;
  set: (value: string) => void;
}

function Control({ control, field, value, set }: ControlOf) {
  const required = field.optional !== true;
  if (field.options) {
    return (
      <select {...control} required={required} value={value} onChange={(event) => set(event.currentTarget.value)}>
        {field.options.map(([option, word]) => (
          <option key={option} value={option}>
            {word}
          </option>
        ))}
      </select>
    );
  }
  if (field.kind === "area") {
    return <textarea {...control} required={required} rows={3} maxLength={1000} value={value} onInput={(event) => set(event.currentTarget.value)} />;
  }
  if (field.kind === "tick") {
    return <input {...control} class="tick" type="checkbox" checked={value === "yes"} onChange={(event) => set(event.currentTarget.checked ? "yes" : "")} />;
  }
  const decimal = field.kind === "decimal";
  return (
    <input
      {...control}
      type={decimal ? "text" : (field.kind ?? "text")}
      {...(decimal ? { inputMode: "decimal" as const } : {})}
      {...(field.kind === "password" ? { autoComplete: "off" } : {})}
      required={required}
      value={value}
      onInput={(event) => set(event.currentTarget.value)}
    />
  );
}
