import { expect, test } from 'vitest'
import { callLine, ledgerFixture, lines } from './ledger-fixture.ts'

const title = (session: string, type: string, text: unknown) => {
  const field = { 'ai-title': 'aiTitle', 'agent-name': 'agentName', 'custom-title': 'customTitle' }[type] ?? 'title'
  return JSON.stringify({ type, [field]: text, sessionId: session })
}
const filler = JSON.stringify({ type: 'user', message: { content: 'x'.repeat(100_000) } })

test('a title is found at both ends of a long transcript: the latest that a person gave, else one that Claude Code made', async () => {
  const { ledger, write, refresh } = ledgerFixture()
  const texts: Record<string, string[]> = {
    'at-the-end': [
      callLine({}),
      filler,
      filler,
      filler,
      title('at-the-end', 'ai-title', 'made'),
      title('at-the-end', 'custom-title', 'given'),
    ],
    'at-the-start': [callLine({}), title('at-the-start', 'ai-title', 'made'), filler, filler, filler, callLine({})],
    'in-both': [title('in-both', 'custom-title', 'first'), filler, filler, filler, title('in-both', 'custom-title', 'last')],
    'in-the-middle': [filler, filler, title('in-the-middle', 'custom-title', 'lost'), filler, filler],
    'of-an-agent': [title('of-an-agent', 'agent-name', 'agent'), title('of-an-agent', 'ai-title', 'made')],
    odd: [title('odd', 'custom-title', 7), title('odd', 'custom-title', ' \n '), '{"type":"custom-title","customTitle":"half', 'null'],
    long: [title('long', 'custom-title', 'y'.repeat(5_000))],
    short: ['{'],
  }
  for (const [session, rows] of Object.entries(texts)) write(`p/${session}.jsonl`, lines(...rows))
  await refresh()
  const titles = await ledger.sessionTitles([...Object.keys(texts), 'not-there'])
  expect(Object.fromEntries(titles)).toEqual({
    'at-the-end': 'given',
    'at-the-start': 'made',
    'in-both': 'last',
    'of-an-agent': 'agent',
    long: 'y'.repeat(200),
  })
  expect(await ledger.sessionTitles([])).toEqual(new Map())
})

test('a summary belongs to the session whose row it names, in whichever transcript of the folder it is', async () => {
  const { ledger, write, refresh } = ledgerFixture()
  const summary = (text: string, leafUuid: string) => JSON.stringify({ type: 'summary', summary: text, leafUuid })
  const row = (uuid: string) => JSON.stringify({ type: 'user', uuid, message: {} })
  write('p/old.jsonl', lines(row('u1'), row('u2'), row('u3')))
  write('p/new.jsonl', lines(summary('of an earlier state', 'u1'), summary('of the end', 'u3'), summary('of another', 'u9'), row('u4')))
  write('q/other.jsonl', lines(row('u9')))
  await refresh()
  expect(Object.fromEntries(await ledger.sessionTitles(['old', 'new', 'other']))).toEqual({ old: 'of the end' })
})
