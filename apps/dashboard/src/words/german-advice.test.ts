import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { germanAdvice } from './de/packages/problems.ts'

const source = readFileSync(new URL('../../../hub/src/limits/snapshot-not-found.ts', import.meta.url), 'utf8')

test('the hub has no advice about missing plan limits that a German reader gets in English', () => {
  const sentences = [...source.matchAll(/(?<=return )([`'])(.+)\1$/gm)].map(([, , text]) => text!.replace(/\$\{[^}]*\}/g, 'atlas'))
  expect(sentences.length).toBeGreaterThanOrEqual(7)
  expect(sentences.filter((sentence) => germanAdvice(sentence) === undefined)).toEqual([])
  expect(germanAdvice('The collector on atlas needs a login: run "signalbox web login" there.')).toBe(
    'Der Collector auf atlas braucht eine Anmeldung: führe dort „signalbox web login“ aus.',
  )
  expect(germanAdvice('Correct the field the message names and send the request again.')).toBeUndefined()
})
