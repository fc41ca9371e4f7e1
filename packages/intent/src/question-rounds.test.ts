import fs from 'node:fs'
import { expect, it } from 'vitest'
import { type Asked, demoContext, readQuestions, toKey } from '../test/question-set.ts'
import { parseQuestion } from './parse.ts'
import { phrase } from './phrase.ts'

// Rounds of questions, each written before the parser had seen one of them; bench/README.md has what they were at first.
const folder = new URL('../test/question/', import.meta.url)
const rounds = fs.readdirSync(folder).map((name): [string, Asked[]] => [name, readQuestions(new URL(name, folder))])

it.each(rounds)('of %s at least 98 in a hundred are understood, and nothing is done that was not asked for', (_, asked) => {
  const wrong = asked.flatMap(({ question, wanted }) => {
    const { call, isAction } = parseQuestion(question, demoContext)
    return toKey(call) === toKey(wanted) ? [] : [{ question, call, isAction }]
  })
  expect(wrong.filter(({ isAction }) => isAction)).toEqual([])
  expect(asked.length).toBeGreaterThan(100)
  expect(wrong.length, JSON.stringify(wrong)).toBeLessThanOrEqual(asked.length / 50)
})

it('every call of these rounds has a question that is understood as this call again', () => {
  const calls = new Map(
    rounds.flatMap(([, asked]) => asked).flatMap(({ wanted }) => (wanted === undefined ? [] : [[toKey(wanted), wanted]])),
  )
  const changed = [...calls.values()].flatMap((call) => {
    const text = phrase(call)
    return toKey(parseQuestion(text ?? '', demoContext).call) === toKey(call) ? [] : [[call, text]]
  })
  expect(changed).toEqual([])
})
