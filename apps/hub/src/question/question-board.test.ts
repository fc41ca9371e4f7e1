import { type Question, questionSchema } from '@signalbox/contract/question'
import { expect, it } from 'vitest'
import { TestClock } from '../../test/open-hub.ts'
import { HOOK_GRACE_MS, type NewQuestion, QuestionBoard } from './question-board.ts'

const HOUR_MS = 3_600_000
const phone = { via: 'key', by: 'phone' } as const
const tablet = { via: 'link', by: 'tablet' } as const
const never = new AbortController().signal
const recorded = async () => {}

function open() {
  const clock = new TestClock()
  const events: [string, Question][] = []
  const board = new QuestionBoard(clock, (event, question) => events.push([event, questionSchema.strict().parse(question)]))
  return { clock, events, board }
}

function question(id: string, more: Partial<NewQuestion> = {}): NewQuestion {
  return {
    fields: { question_id: id, session_id: 's', machine_id: 'laptop', kind: 'permission' },
    content: { tool: 'Bash', details: [{ name: 'command', text: 'rm secret-file' }], suggestions: [], choices: [] },
    askedAgoMs: 0,
    expiresInMs: HOUR_MS,
    ...more,
  }
}

it('the hook that waits gets the answer, and again when it asks again', async () => {
  const { board, events } = open()
  board.ask(question('q'))
  const waiting = board.wait('q', HOUR_MS, never)
  await board.answer('q', phone, { decision: 'deny', message: 'No.' }, recorded)
  expect((await waiting).answered).toMatchObject({ by: 'phone', answer: { decision: 'deny', message: 'No.' } })
  expect((await board.wait('q', HOUR_MS, never)).answered?.answer.message).toBe('No.')
  expect(await board.end('q', 'applied')).toMatchObject({ state: 'ended', outcome: 'applied', answered: { decision: 'deny', by: 'phone' } })
  expect(await board.end('q', 'terminal')).toBeUndefined()
  expect(events.map(([event]) => event)).toEqual(['question.asked', 'question.answered', 'question.ended'])
  // Neither events nor the ended question have what was asked or said.
  expect(JSON.stringify([events, board.list()])).not.toMatch(/secret-file|No\./)
})

it('of many answers at once exactly one counts, and the others learn whose', async () => {
  const { board, events } = open()
  board.ask(question('q'))
  const given: string[] = []
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, (_, index) =>
      board.answer('q', { via: 'key', by: `phone ${index}` }, { decision: index % 2 === 0 ? 'allow' : 'deny' }, async ({ answered }) => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        given.push(answered!.by)
      }),
    ),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(given).toEqual(['phone 0'])
  for (const result of results.slice(1)) {
    expect(result).toMatchObject({ reason: { code: 'conflict', details: { answered: { by: 'phone 0', decision: 'allow' } } } })
  }
  expect(events).toHaveLength(2)
})

it('an answer that could not be recorded does not count, and the next one may', async () => {
  const { board } = open()
  board.ask(question('q'))
  const failing = board.answer('q', phone, { decision: 'allow' }, async () => {
    throw new Error('the disk is full')
  })
  const next = board.answer('q', tablet, { decision: 'deny' }, recorded)
  await expect(failing).rejects.toThrow('the disk is full')
  expect(await next).toMatchObject({ answered: { by: 'tablet' } })
})

it('the terminal that is first while an answer is recorded ends the question after it', async () => {
  const { board } = open()
  board.ask(question('q'))
  const order: string[] = []
  const answering = board.answer('q', phone, { decision: 'allow' }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    order.push('recorded')
  })
  const ended = board.end('q', 'terminal').then((question) => {
    order.push('ended')
    return question
  })
  await answering
  expect(await ended).toMatchObject({ outcome: 'terminal', answered: { by: 'phone' } })
  expect(order).toEqual(['recorded', 'ended'])
  await expect(board.answer('q', tablet, { decision: 'allow' }, recorded)).rejects.toMatchObject({
    code: 'conflict',
    message: 'It was answered in the terminal. phone answered first: allow, at 2026-10-06T09:12:00.000Z, and it did not count',
  })
})

it('a question is asked again under its id: it stays as it is, unless its hook was lost', async () => {
  const { board, clock, events } = open()
  board.ask(question('q'))
  board.ask(question('q'))
  expect(events).toHaveLength(1)
  clock.pass(HOOK_GRACE_MS)
  expect(board.sweep()).toEqual([])
  clock.pass(1)
  expect(board.sweep()).toMatchObject([{ outcome: 'lost' }])
  board.ask(question('q'))
  expect(board.find('q')).toMatchObject({ ended: undefined, content: { tool: 'Bash' } })
  await board.end('q', 'terminal')
  expect(board.ask(question('q')).ended?.outcome).toBe('terminal')
  const other = question('q', { fields: { ...question('q').fields, machine_id: 'other' } })
  expect(() => board.ask(other)).toThrow('that of another question')
})

it('a hook that waits is not lost; one that stops waiting has timed out', async () => {
  const { board, clock } = open()
  board.ask(question('q', { expiresInMs: 1000 }))
  const gone = new AbortController()
  const waiting = board.wait('q', HOUR_MS, gone.signal)
  clock.pass(HOUR_MS)
  expect(board.sweep()).toEqual([])
  gone.abort()
  await waiting
  clock.pass(HOOK_GRACE_MS + 1)
  expect(board.sweep()).toMatchObject([{ outcome: 'timed_out' }])
})

it('an ended question can be asked about for ten minutes', async () => {
  const { board, clock } = open()
  board.ask(question('q'))
  await board.end('q', 'terminal')
  clock.pass(10 * 60_000)
  board.sweep()
  expect(board.list()).toHaveLength(1)
  clock.pass(1)
  board.sweep()
  expect(board.list()).toEqual([])
  expect(() => board.find('q')).toThrow('There is no question q')
})

it('a machine that asks without end is refused, and others are not', () => {
  const { board } = open()
  const ask = (index: number, machine_id: string) =>
    board.ask(question(`${machine_id} ${index}`, { fields: { ...question('').fields, question_id: `${machine_id} ${index}`, machine_id } }))
  for (let index = 0; index < 100; index++) ask(index, 'loud')
  expect(() => ask(100, 'loud')).toThrow('Too many questions are open')
  ask(0, 'quiet')
})

it('closing ends the waiting, so that hooks ask the next hub', async () => {
  const { board } = open()
  board.ask(question('q'))
  const waiting = board.wait('q', HOUR_MS, never)
  board.close()
  expect((await waiting).answered).toBeUndefined()
})
