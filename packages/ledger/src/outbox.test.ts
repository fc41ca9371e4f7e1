import { callSchema } from '@signalbox/contract/call'
import { expect, test } from 'vitest'
import { writeTranscripts } from '../../../test/support/transcripts.ts'
import { callLine, ledgerFixture, lines } from './ledger-fixture.ts'

const ids = (calls: readonly { key: string }[] | undefined) => calls?.map(({ key }) => key.split(':')[0])

test('every call is returned page by page until it is confirmed', async () => {
  const { ledger, write, refresh } = ledgerFixture()
  write('s.jsonl', lines(...['a', 'b', 'c', 'd', 'e'].map((id) => callLine({ id }))))
  await refresh()
  const { outbox } = ledger
  expect(outbox.pending()).toBe(5)
  const first = outbox.next(2)!
  expect(ids(first.calls)).toEqual(['a', 'b'])
  // Without a confirmation, as after a crash, the same page is returned.
  expect(outbox.next(2)).toEqual(first)
  outbox.confirm(first.upTo)
  const second = outbox.next(10)!
  expect(ids(second.calls)).toEqual(['c', 'd', 'e'])
  outbox.confirm(second.upTo)
  expect(outbox.next(10)).toBeUndefined()
  expect(outbox.pending()).toBe(0)
  // A late confirmation has no effect.
  outbox.confirm(first.upTo)
  expect(outbox.pending()).toBe(0)
})

test('a call that improves while it is being sent is sent again', async () => {
  const { ledger, write, append, refresh } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a', output: 1 }), callLine({ id: 'msg_b' })))
  await refresh()
  const { outbox } = ledger
  const sent = outbox.next(10)!
  append('s.jsonl', lines(callLine({ id: 'msg_a', output: 2 })))
  await refresh()
  outbox.confirm(sent.upTo)
  expect(outbox.next(10)!.calls).toMatchObject([{ key: 'msg_a', output: 2 }])
})

test('a page ends before it is too large, and is never empty', async () => {
  const { ledger, write, refresh } = ledgerFixture()
  write('s.jsonl', lines(...['a', 'b', 'c'].map((id) => callLine({ id, cwd: `/é${'x'.repeat(500)}` }))))
  await refresh()
  const size = (calls: unknown[]) => Buffer.byteLength(JSON.stringify(calls))
  const one = size(ledger.outbox.next(1)!.calls)
  expect(ledger.outbox.next(10, 2 * one)!.calls).toHaveLength(2)
  expect(ledger.outbox.next(10, 2 * one - 10)!.calls).toHaveLength(1)
  expect(ledger.outbox.next(10, 1)!.calls).toHaveLength(1)
})

test('for another hub all calls are pending again, for the same hub none', async () => {
  const { ledger, write, refresh, reopen } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' }), callLine({ id: 'msg_b' })))
  await refresh()
  expect(ledger.outbox.hubChanged('http://one')).toBe(false)
  const sent = ledger.outbox.next(10)!
  ledger.outbox.confirm(sent.upTo)
  ledger.outbox.setAside('msg_a', 'no')
  const { outbox } = reopen()
  expect(outbox.hubChanged('http://one')).toBe(false)
  expect(outbox.pending()).toBe(0)
  const late = outbox.next(10)
  expect(late).toBeUndefined()
  expect(outbox.hubChanged('http://two')).toBe(true)
  expect(outbox.pending()).toBe(2)
  // The late response of the first hub does not confirm anything for the second.
  outbox.confirm(sent.upTo)
  expect(outbox.pending()).toBe(2)
})

test('resend makes all calls pending, a page that is being sent included', async () => {
  const { ledger, write, refresh } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' }), callLine({ id: 'msg_b' })))
  await refresh()
  const sent = ledger.outbox.next(10)!
  ledger.outbox.resend()
  ledger.outbox.confirm(sent.upTo)
  expect(ledger.outbox.pending()).toBe(2)
  ledger.outbox.confirm(ledger.outbox.next(10)!.upTo)
  expect(ledger.outbox.pending()).toBe(0)
})

test('a rejected call is set aside until there is a better record of it', async () => {
  const { ledger, write, append, refresh } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' }), callLine({ id: 'msg_b' })))
  await refresh()
  ledger.outbox.setAside('msg_a', 'model: too strange')
  expect(ids(ledger.outbox.next(10)!.calls)).toEqual(['msg_b'])
  expect(ledger.outbox.pending()).toBe(1)
  append('s.jsonl', lines(callLine({ id: 'msg_a', output: 99 })))
  await refresh()
  expect(ids(ledger.outbox.next(10)!.calls)).toEqual(['msg_b', 'msg_a'])
  expect(ledger.status().set_aside).toEqual([])
})

test('calls in the outbox are valid by the contract, whatever was in the transcript', async () => {
  const { ledger, folder, write, refresh } = ledgerFixture()
  writeTranscripts(folder, { seed: 21, calls: 200, longLines: 0 })
  const long = 'x'.repeat(10_000)
  write(
    'odd.jsonl',
    lines(callLine({ id: long, request: long, cwd: `/${'é'.repeat(5_000)}`, branch: `b-${'😀'.repeat(600)}`, session: long, model: long })),
  )
  write('empty.jsonl', lines(callLine({ id: 'msg_empty', request: '', cwd: '', branch: '', session: '' })))
  write('half.jsonl', lines(callLine({ id: 'msg_half', cwd: '/half-\ud83d', branch: 'nul-\0-nul', model: 'claude-\u001b[31m\u202eodd' })))
  await refresh()
  const { calls } = ledger.outbox.next(10_000)!
  for (const call of calls) expect(callSchema.parse(JSON.parse(JSON.stringify(call)))).toEqual(call)
  expect(calls.find(({ key }) => key === 'msg_empty')).not.toHaveProperty('cwd')
  expect(calls.find(({ key }) => key.startsWith('msg_half'))).toMatchObject({
    cwd: '/half-\ufffd',
    git_branch: 'nul-\\u0000-nul',
    model: 'claude-\\u001b[31m\\u202eodd',
  })
  // Reading them again gives the same calls, so nothing is sent twice.
  write('copy.jsonl', lines(callLine({ id: 'msg_half', cwd: '/half-\ud83d', branch: 'nul-\0-nul', model: 'claude-\u001b[31m\u202eodd' })))
  expect(await refresh()).toMatchObject({ files_read: 1, calls_new: 0, calls_improved: 0 })
})

test('two calls with ids too long for the contract stay two calls', async () => {
  const { calls, write, refresh } = ledgerFixture()
  const long = 'x'.repeat(500)
  write('s.jsonl', lines(callLine({ id: `msg_${long}1` }), callLine({ id: `msg_${long}2` }), callLine({ id: `msg_${long}1` })))
  await refresh()
  expect(new Set(calls().map(({ key }) => key)).size).toBe(2)
})

test('with redaction folders and branches are hashed, equally within one ledger and differently in another', async () => {
  const one = ledgerFixture({ redactProjects: true })
  const two = ledgerFixture({ redactProjects: true })
  for (const { write, refresh } of [one, two]) {
    write(
      's.jsonl',
      lines(
        callLine({ id: 'msg_a', cwd: '/secret' }),
        callLine({ id: 'msg_b', cwd: '/secret', branch: 'x' }),
        callLine({ id: 'msg_c', cwd: '/other' }),
      ),
    )
    await refresh()
  }
  const [a, b, c] = one.calls()
  expect(JSON.stringify([a, b, c])).not.toMatch(/secret|other|main/)
  expect(a!.cwd).toBe(b!.cwd)
  expect(a!.cwd).not.toBe(c!.cwd)
  expect(a!.git_branch).not.toBe(b!.git_branch)
  expect(two.calls()[0]!.cwd).not.toBe(a!.cwd)
  one.reopen()
  expect(one.calls()[0]!.cwd).toBe(a!.cwd)
  // Reports on this machine keep the names.
  expect(
    one.ledger
      .report({ group: 'project', timezone: 'UTC' })
      .rows.map(({ project }) => project)
      .sort(),
  ).toEqual(['/other', '/secret'])
  for (const call of one.calls()) callSchema.parse(call)
})
