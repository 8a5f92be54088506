/** One of a few, each a button. */

interface Properties {
  label: string;
  options: readonly (readonly [string, string])[];
  value: string;
  choose: (value: string) => void;
}

export function Choice({ label, options, value, choose }: Properties) {
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {options.map(([name, word]) => (
        <button key={name} type="button" aria-pressed={name === value} onClick={() => choose(name)}>
          {word}
        </button>
      ))}
    </fieldset>
  );
}
