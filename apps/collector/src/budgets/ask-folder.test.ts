import fs from 'node:fs'
import path from 'node:path'
import type { BudgetAnswer, BudgetAsk } from '@signalbox/hub-address/budgets-folder'
import { expect, it, onTestFinished } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { AskFolder } from './ask-folder.ts'

const asked = { session_id: 's', transcript_path: '/t/s.jsonl', tool_use_id: 'toolu_1' }

function open(decide: (ask: BudgetAsk, signal: AbortSignal) => Promise<BudgetAnswer>) {
  const folder = tempFolder()
  const stopping = new AbortController()
  onTestFinished(() => stopping.abort())
  const asks = new AskFolder(folder)
  asks.run(decide, stopping.signal)
  const place = (name: string) => path.join(folder, name)
  return {
    asks,
    place,
    ask(name: string, question: unknown) {
      fs.writeFileSync(place(`${name}.draft`), JSON.stringify(question))
      fs.renameSync(place(`${name}.draft`), place(`ask/${name}`))
    },
    answer: (name: string) =>
      expect
        .poll(() => fs.existsSync(place(`answer/${name}`)), { timeout: 20_000 })
        .toBe(true)
        .then(() => JSON.parse(fs.readFileSync(place(`answer/${name}`), 'utf8')) as BudgetAnswer),
  }
}

it('answers each question once, and lets those go on that cannot be read', async () => {
  const seen: BudgetAsk[] = []
  const { ask, answer, place } = open(async (question) => {
    seen.push(question)
    return { verdict: 'hold', reason: 'spent' }
  })
  ask('a', asked)
  expect(await answer('a')).toEqual({ verdict: 'hold', reason: 'spent' })
  expect(seen).toEqual([{ ...asked, agent_id: undefined }])
  expect(fs.existsSync(place('ask/a'))).toBe(false)
  ask('b', { ...asked, transcript_path: 'relative.jsonl' })
  expect(await answer('b')).toEqual({ verdict: 'go' })
  expect(seen).toHaveLength(1)
})

it('stops deciding for a hook that is gone, and removes what hooks have left', async () => {
  let [isAsked, isGone] = [false, false]
  const { asks, ask, place } = open(
    (_, signal) =>
      new Promise((_resolve, reject) => {
        isAsked = true
        signal.addEventListener('abort', () => {
          isGone = true
          reject(new Error('gone'))
        })
      }),
  )
  ask('a', asked)
  await expect.poll(() => isAsked, { timeout: 20_000 }).toBe(true)
  fs.rmSync(place('ask/a'))
  await expect.poll(() => isGone, { timeout: 20_000 }).toBe(true)
  expect(fs.existsSync(place('answer/a'))).toBe(false)
  fs.writeFileSync(place('answer/left'), '{}')
  asks.sweep(Date.now() + 60_000)
  expect(fs.existsSync(place('answer/left'))).toBe(true)
  asks.sweep(Date.now() + 3_600_000)
  expect(fs.existsSync(place('answer/left'))).toBe(false)
})
