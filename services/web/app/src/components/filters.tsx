/** What narrows a list: choices, a search box, and the views that somebody has kept by name. */

import { useEffect, useRef, useState } from "preact/hooks";

import { type Filters } from "../state/filters";
import { remember, remembered } from "../state/remembered";
import { session } from "../session/session";
import { shellWords } from "../shell/words";
import { Field } from "./Field";
import { Icon } from "./Icon";

interface SelectProps<Name extends string> {
  filters: Filters<Name>;
  name: Name;
  label: string;
  options: readonly (readonly [string, string])[];
}

export function FilterSelect<Name extends string>({ filters, name, label, options }: SelectProps<Name>) {
  return (
    <Field label={label}>
      {(control) => (
        <select {...control} value={filters.values[name] ?? ""} onChange={(event) => filters.set(name, event.currentTarget.value || undefined)}>
          <option value="">{shellWords().all}</option>
          {options.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

const TYPING_MS = 200;

export function FilterSearch<Name extends string>({ filters, name, label }: Omit<SelectProps<Name>, "options">) {
  const value = filters.values[name] ?? "";
  const [typed, setTyped] = useState(value);
  const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => () => clearTimeout(waiting.current), []);
  return (
    <Field label={label}>
      {(control) => (
        <input
          {...control}
          type="search"
          value={typed}
          onInput={(event) => {
            const text = event.currentTarget.value;
            setTyped(text);
            clearTimeout(waiting.current);
            waiting.current = setTimeout(() => filters.set(name, text.trim() || undefined), TYPING_MS);
          }}
        />
      )}
    </Field>
  );
}

type Views = Record<string, Record<string, string>>;

/** Views are kept in this browser, for this person, list by list. */
export function SavedViews<Name extends string>({ list, filters }: { list: string; filters: Filters<Name> }) {
  const words = shellWords().views;
  const key = `views.${session.value?.tenant.slug}.${session.value?.user.id}.${list}`;
  const [views, setViews] = useState<Views>(() => JSON.parse(remembered(key) ?? "{}") as Views);
  const [naming, setNaming] = useState(false);
  function keep(changed: Views): void {
    setViews(changed);
    remember(key, JSON.stringify(changed));
  }
  if (!filters.any && Object.keys(views).length === 0) return null;
  return (
    <div class="views" role="group" aria-label={words.title}>
      {Object.entries(views).map(([name, values]) => (
        <span key={name} class="view">
          <button type="button" onClick={() => filters.replace(values as Partial<Record<Name, string>>)}>
            <Icon name="star" /> {name}
          </button>
          <button
            type="button"
            class="plain"
            aria-label={words.forget(name)}
            onClick={() => keep(Object.fromEntries(Object.entries(views).filter(([other]) => other !== name)))}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      {filters.any && !naming && (
        <>
          <button type="button" onClick={() => setNaming(true)}>
            <Icon name="star" /> {words.keep}
          </button>
          <button type="button" onClick={() => filters.replace({})}>
            {words.clear}
          </button>
        </>
      )}
      {naming && (
        <form
          class="inline"
          onSubmit={(event) => {
            event.preventDefault();
            const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
            if (name) keep({ ...views, [name]: filters.values as Record<string, string> });
            setNaming(false);
          }}
        >
          <input name="name" aria-label={words.name} placeholder={words.name} required maxLength={40} autoFocus />
          <button type="submit" class="primary">
            {words.save}
          </button>
        </form>
      )}
    </div>
  );
}
