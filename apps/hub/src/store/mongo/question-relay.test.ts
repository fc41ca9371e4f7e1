import type { Question, QuestionContent } from '@signalbox/contract/question'
import { defaultPriceTable } from '@signalbox/usage/price-table'
import { beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import { freshDatabase, MONGO_START_TIMEOUT_MS, mongoForTests } from '../../../../../test/support/mongo.ts'
import { TestClock } from '../../../test/open-hub.ts'
import { Questions } from '../../question/questions.ts'
import { TextSealer } from '../../question/text-sealer.ts'
import { openMongoStore } from './open.ts'

beforeAll(mongoForTests, MONGO_START_TIMEOUT_MS)
vi.setConfig({ testTimeout: 60_000 })

const SECRET = 'planted-33fe'
const content: QuestionContent = { tool: 'Bash', details: [{ name: 'command', text: `cat ${SECRET}` }], suggestions: [], choices: [] }
const question = {
  fields: { question_id: 'q1', session_id: 's', machine_id: 'laptop', kind: 'permission' as const },
  content,
  askedAgoMs: 0,
  expiresInMs: 3_600_000,
}
const never = new AbortController().signal
const phone = { via: 'key', by: 'phone' } as const
const tablet = { via: 'page', by: 'tablet' } as const

interface Hub {
  readonly questions: Questions
  readonly published: string[]
  readonly stored: () => Promise<string>
}

/** Hubs on one database; each publishes to the others, as the event log does. */
async function openHubs(...secrets: (string | undefined)[]): Promise<{ hubs: Hub[]; clock: TestClock }> {
  const uri = await freshDatabase()
  const clock = new TestClock()
  const hubs: Hub[] = []
  for (const [index, secret] of secrets.entries()) {
    const store = await openMongoStore({ uri, prices: defaultPriceTable() })
    onTestFinished(() => store.close())
    const published: string[] = []
    const publish = (event: string, { question_id }: Question) => {
      published.push(event)
      if (event === 'question.answered') for (const hub of hubs) void hub.questions.collectAnswer(question_id)
    }
    const warn = (error: unknown) => {
      throw error
    }
    const questions = new Questions({ clock, publish, relay: store.questions, sealer: new TextSealer(secret), hub: `hub ${index}`, warn })
    const stored = async () => JSON.stringify(await store.connection.collection('question').find().toArray())
    hubs.push({ questions, published, stored })
  }
  return { hubs, clock }
}

const shown = async ({ questions }: Hub) =>
  (await questions.list()).map(({ state, content, answered, outcome }) => ({ state, content, by: answered?.by, outcome }))

it('a question that one hub was asked is shown and answered at another, sealed on its way and gone at its end', async () => {
  const { hubs } = await openHubs('a secret', 'a secret')
  const [asked, other] = hubs as [Hub, Hub]
  asked.questions.ask(question)
  await vi.waitFor(async () => expect(await shown(other)).toEqual([{ state: 'open', content, by: undefined, outcome: undefined }]))
  expect(await other.stored()).not.toContain(SECRET)
  const waiting = asked.questions.wait('q1', 60_000, never)
  const recorded: string[] = []
  await other.questions.answer(
    'q1',
    phone,
    { decision: 'deny', message: `Not ${SECRET}` },
    async ({ answered }) => void recorded.push(answered!.by),
  )
  expect((await waiting).answered).toMatchObject({ by: 'phone', answer: { decision: 'deny', message: `Not ${SECRET}` } })
  expect(recorded).toEqual(['phone'])
  expect(other.published).toEqual(['question.answered'])
  expect(await other.stored()).not.toContain(SECRET)
  await asked.questions.end('q1', 'applied')
  await vi.waitFor(async () => expect(await shown(other)).toMatchObject([{ state: 'ended', outcome: 'applied', by: 'phone' }]))
  expect(await other.stored()).not.toMatch(/"(?:content|answer)"/)
  await expect(other.questions.answer('q1', tablet, { decision: 'allow' }, async () => {})).rejects.toMatchObject({ code: 'conflict' })
})

it('of answers at all hubs at once exactly one counts', async () => {
  const { hubs } = await openHubs('a secret', 'a secret', 'a secret')
  hubs[0]!.questions.ask(question)
  await vi.waitFor(async () => expect(await shown(hubs[2]!)).toHaveLength(1))
  const recorded: string[] = []
  const results = await Promise.allSettled(
    Array.from({ length: 9 }, (_, index) =>
      hubs[index % 3]!.questions.answer(
        'q1',
        { via: 'key', by: `phone ${index}` },
        { decision: 'allow' },
        async ({ answered }) => void recorded.push(answered!.by),
      ),
    ),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(recorded).toHaveLength(1)
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'conflict' })
  await vi.waitFor(async () => expect((await hubs[0]!.questions.wait('q1', 0, never)).answered?.by).toBe(recorded[0]))
})

it('an answer whose event was lost is collected; a hub with another secret shows that a session waits, and no more', async () => {
  const { hubs } = await openHubs('a secret', undefined)
  const [asked, other] = hubs as [Hub, Hub]
  asked.questions.ask(question)
  await vi.waitFor(async () => expect(await shown(other)).toMatchObject([{ state: 'open', content: undefined }]))
  await expect(other.questions.answer('q1', phone, { decision: 'allow' }, async () => {})).rejects.toThrow('this one cannot read it')
  await asked.questions.answer('q1', tablet, { decision: 'allow' }, async () => {})
  await asked.questions.keepRelay()
  expect((await shown(other))[0]).toMatchObject({ state: 'answered', by: 'tablet' })
})

it('the questions of a hub that is gone are no longer shown, and an answer that was not recorded holds up others for seconds only', async () => {
  const { hubs, clock } = await openHubs('a secret', 'a secret')
  const [asked, other] = hubs as [Hub, Hub]
  asked.questions.ask(question)
  await vi.waitFor(async () => expect(await shown(other)).toHaveLength(1))
  const failing = other.questions.answer('q1', phone, { decision: 'allow' }, async () => {
    throw new Error('the disk is full')
  })
  await expect(failing).rejects.toThrow('the disk is full')
  await other.questions.answer('q1', tablet, { decision: 'allow' }, async () => {})
  clock.pass(31_000)
  await other.questions.keepRelay()
  expect(await shown(other)).toEqual([])
})
