/** The language of the page. Which one is decided once, before the first word: another choice loads the page anew. */

import { stored } from '../ui/stored.ts'

export const languages = ['en', 'de'] as const
export type Language = (typeof languages)[number]

/** What a person may choose: a language, or that of the browser. */
export type LanguageChoice = Language | 'browser'

const STORAGE_KEY = 'signalbox.language'

/** The first language of the browser that the page has; English where it has none of them. */
export function pickLanguage(choice: string | null, ofBrowser: readonly string[]): Language {
  const known = (tag: string | null) => languages.find((one) => one === tag?.toLowerCase().split('-')[0])
  return known(choice) ?? ofBrowser.map(known).find((one) => one !== undefined) ?? 'en'
}

/** How numbers and dates are written: as in the browser's own region, where it is one of the language. */
export function pickLocale(language: Language, ofBrowser: readonly string[]): string {
  return ofBrowser.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? { en: 'en-US', de: 'de-DE' }[language]
}

/** Of a page. Workers and tests outside of a browser have none: they speak English. */
const { document: page, location } = globalThis as {
  readonly document?: { readonly documentElement: { lang: string } }
  readonly location?: { readonly reload: () => void }
}
const ofBrowser = page === undefined ? [] : navigator.languages

const kept = page === undefined ? 'en' : stored.read(STORAGE_KEY)
export const languageChoice: LanguageChoice = languages.find((one) => one === kept) ?? 'browser'
export const language: Language = pickLanguage(languageChoice, ofBrowser)
export const isGerman: boolean = language === 'de'
/** Of every number, date and order of names on the page. */
export const locale: string = pickLocale(language, ofBrowser)
if (page !== undefined) page.documentElement.lang = language

/** Loads the page anew, in the chosen language. */
export function chooseLanguage(choice: LanguageChoice): void {
  stored.write(STORAGE_KEY, choice === 'browser' ? undefined : choice)
  location?.reload()
}

/** Each in itself, so that those who speak it find it. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' }
