import { describe, expect, test } from 'vitest'
import { claudeCode, newest, old } from './client.ts'
import { nothing } from './oracle/amount.ts'
import { type Outcome, runScenario } from './oracle/run-scenario.ts'
import { scenarios } from './oracle/scenarios.ts'

// The cheap part of `npm run oracle`: docs/truth.md has the whole table, and says what each version lacks.

async function play(version: string, name: string, skip: (reason: string) => never) {
  const client = await claudeCode(version, skip)
  const outcome: Outcome = await runScenario(client, scenarios.find((one) => one.name === name)!)
  if (!('comparison' in outcome)) throw new Error(JSON.stringify(outcome))
  const { comparison, own } = outcome
  return { ...comparison, own, why: Object.fromEntries(comparison.reasons.map(({ name, calls }) => [name, calls])) }
}

const exact = { why: {}, difference: nothing, bySession: {}, byModel: {}, byDay: {} }

describe('the ledger equals what the API has served', () => {
  const ofVersions = [newest, old].flatMap((version) => ['plain', 'slow-blocks', 'fork'].map((name) => [version, name] as const))
  const ofNewest = ['subagent', 'midnight'].map((name) => [newest, name] as const)

  test.for([...ofVersions, ...ofNewest])(
    'to Claude Code %s in the scenario %s',
    { timeout: 600_000 },
    async ([version, name], { skip }) => {
      const { log, own, ...comparison } = await play(version, name, skip)
      expect(comparison).toMatchObject(exact)
      // Claude Code counts the same, by itself.
      expect(own.amount).toMatchObject({ input: log.input, output: log.output, read: log.read, pico: log.pico })
    },
  )
})

test('the rows of a subagent are unfinished in an old version, which the report says', async ({ skip }) => {
  const { why, difference, own, log, unfinishedCalls } = await play(old, 'subagent', skip)
  expect(why).toEqual({ unfinished: unfinishedCalls })
  // A busy machine writes the second row so late that it has its final figures.
  expect([5_999, 11_998]).toContain(difference.output)
  expect(difference).toMatchObject({ calls: 0, input: 0, write_5m: 0, write_1h: 0, read: 0 })
  expect(own.amount.output).toBe(log.output)
})

test('an answer that was cut off by kill -9 has no row', async ({ skip }) => {
  expect(await play(newest, 'kill', skip)).toMatchObject({ why: { 'cut-off': 1 }, difference: { calls: 1, output: 400 } })
})

test('refusals before any output stand in no row, cost nothing, and are counted by Claude Code', async ({ skip }) => {
  const { why, difference, own, log } = await play(newest, 'refusal', skip)
  // Claude Code's own sum has their prompts, so these are in the ledger as well, at no price.
  expect(why).toEqual({ refused: 3, 'not itemised': 0 })
  expect(difference.pico).toBe(0)
  expect(own.amount.pico).toBeGreaterThan(log.pico)
})
