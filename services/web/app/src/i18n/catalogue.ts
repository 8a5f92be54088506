/**
 * What a page says, one module per language: `en.ts` sets the keys, and the others are typed by it, so that a missing
 * or misspelt key fails the type check. A message with figures in it is a function of them.
 */

import { type Language, beforeChange, language } from "./language";

export interface Catalogue<Words> {
  /** The words in the language spoken; a component that calls this renders again when it changes. */
  (): Words;
  /** Fetch them; the router does so together with the page's code. */
  load(wanted?: Language): Promise<void>;
}

type Loaders<Words> = Record<Language, () => Promise<{ default: Words }>>;

export function catalogue<Words>(loaders: Loaders<Words>): Catalogue<Words> {
  const loaded = new Map<Language, Words>();
  let wantedOnce = false;

  async function load(wanted: Language = language.peek()): Promise<void> {
    if (!wantedOnce) {
      wantedOnce = true;
      beforeChange(load);
    }
    if (!loaded.has(wanted)) loaded.set(wanted, (await loaders[wanted]()).default);
  }

  function words(): Words {
    const found = loaded.get(language.value);
    if (found === undefined) throw new Error(`The words of ${language.value} are asked for before they were loaded.`);
    return found;
  }

  return Object.assign(words, { load });
}
