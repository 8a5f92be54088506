/** The language spoken, remembered in this browser; a change waits until every catalogue in use is there. */

import { signal } from "@preact/signals";

import { remembered, remember } from "../state/remembered";

export const LANGUAGES = ["th", "en", "zh"] as const;
export type Language = (typeof LANGUAGES)[number];

export const LANGUAGE_NAMES: Record<Language, string> = { th: "ไทย", en: "English", zh: "简体中文" };

/** For `lang` and `Intl`: Thai counts years of the Buddhist era, with the digits that papers here use. */
export const LOCALES: Record<Language, string> = { th: "th-TH-u-ca-buddhist-nu-latn", en: "en-GB", zh: "zh-CN" };

const HTML_LANGUAGES: Record<Language, string> = { th: "th", en: "en", zh: "zh-Hans" };

/** Faces of a script are fetched once its language is spoken, and Thai names are met in every language. */
const FACES: Record<Language, () => Promise<unknown>> = {
  th: () => Promise.resolve(),
  en: () => Promise.resolve(),
  zh: () => import("virtual:fonts/chinese.css"),
};

export function asLanguage(text: string | null | undefined): Language | undefined {
  const start = (text ?? "").slice(0, 2).toLowerCase();
  return LANGUAGES.find((language) => language === start);
}

function first(): Language {
  const wished = asLanguage(new URLSearchParams(globalThis.location?.search).get("lang"));
  return wished ?? asLanguage(remembered("language")) ?? asLanguage(globalThis.navigator?.language) ?? "en";
}

export const language = signal<Language>(first());

const loaders = new Set<(wanted: Language) => Promise<void>>();

/** Have `load` called before the language changes. */
export function beforeChange(load: (wanted: Language) => Promise<void>): void {
  loaders.add(load);
}

/** Speak `wanted` from now on. */
export async function speak(wanted: Language): Promise<void> {
  await Promise.all([FACES[wanted](), ...[...loaders].map((load) => load(wanted))]);
  language.value = wanted;
  document.documentElement.lang = HTML_LANGUAGES[wanted];
  remember("language", wanted);
}
