/** A labelled control with its hint, and what the server said about it. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

import type { FieldFault } from "../api/problem";

export interface ControlProps {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}

interface Properties {
  label: string;
  hint?: ComponentChildren;
  fault?: FieldFault | undefined;
  children: (control: ControlProps) => ComponentChildren;
}

export function Field({ label, hint, fault, children }: Properties) {
  const id = useId();
  const described = [hint !== undefined && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        ...(described ? { "aria-describedby": described } : {}),
        ...(fault ? { "aria-invalid": true } : {}),
      })}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault && (
        <p class="fault" id={`${id}-fault`}>
          {fault.detail} {fault.remedy}
        </p>
      )}
    </div>
  );
}
