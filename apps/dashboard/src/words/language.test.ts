import { expect, test } from 'vitest'
import { pickLanguage, pickLocale } from './language.ts'

test('the language is the chosen one, else the first of the browser that the page has', () => {
  expect(pickLanguage(null, ['fr-FR', 'de-AT', 'en-US'])).toBe('de')
  expect(pickLanguage('browser', ['en-GB', 'de'])).toBe('en')
  expect(pickLanguage('de', ['en-GB'])).toBe('de')
  expect(pickLanguage('fr', ['fr-FR'])).toBe('en')
})

test('numbers and dates follow the region of the browser where it is one of the language', () => {
  expect(pickLocale('de', ['en-US', 'de-AT'])).toBe('de-AT')
  expect(pickLocale('en', ['de-DE', 'en-GB'])).toBe('en-GB')
  expect(pickLocale('de', ['en-US'])).toBe('de-DE')
  expect(pickLocale('en', ['fr-FR'])).toBe('en-US')
})
