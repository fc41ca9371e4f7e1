import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { makeTranscripts, writeFile } from '../support/transcripts.ts'
import { report, startBox, startCli, until } from './box.ts'
import { toExpected, toExpectedDays } from './totals.ts'

it('an outage of the hub and a killed collector lose no call', async () => {
  const claude = tempFolder()
  const dataDir = tempFolder()
  const { files, expected } = makeTranscripts({ seed: 11, calls: 300 })
  const [first = [], second = [], third = []] = [0, 1, 2].map((part) => files.filter((_, index) => index % 3 === part))

  // Hub and collector both run.
  for (const file of first) writeFile(claude, file)
  const box = await startBox({ claude, dataDir })
  const before = await until(
    () => box.report({ group: 'day' }),
    ({ totals }) => totals.calls > 0,
  )
  await box.child.stop('SIGKILL')

  // The hub is down; a collector alone stores what it finds and is killed.
  for (const file of second) writeFile(claude, file)
  const { port } = new URL(box.url)
  const collector = startCli(['collector'], { claude, dataDir, env: { SIGNALBOX_URL: box.url } })
  await until(
    () => ledgerCalls({ claude, dataDir }),
    (calls) => calls > before.totals.calls,
  )
  await collector.stop('SIGKILL')
  for (const file of third) writeFile(claude, file)

  const restarted = await startBox({ claude, dataDir, env: { PORT: port } })
  const after = await until(
    () => report(restarted.url, { group: 'day' }),
    ({ totals }) => totals.calls >= expected.totals.calls,
  )
  expect(toExpected(after.totals)).toEqual(expected.totals)
  expect(toExpectedDays(after)).toEqual(expected.days)

  // The terminal reports the same without the hub.
  const cli = startCli(['usage', 'daily', '--timezone', 'UTC', '--json'], { claude, dataDir })
  const { stdout, code } = await cli.finished
  expect(code).toBe(0)
  const { totals, rows } = JSON.parse(stdout) as typeof after
  expect({ totals, rows }).toEqual({ totals: after.totals, rows: after.rows })
  await restarted.child.stop('SIGINT')
})

async function ledgerCalls(options: { claude: string; dataDir: string }): Promise<number> {
  const { stdout } = await startCli(['usage', 'daily', '--json'], options).finished
  return (JSON.parse(stdout) as { totals: { calls: number } }).totals.calls
}

it('transcripts that Claude Code deletes or rewrites lose no call', async () => {
  const claude = tempFolder()
  const dataDir = tempFolder()
  const { files, expected } = makeTranscripts({ seed: 13, calls: 120 })
  for (const file of files) writeFile(claude, file)
  const box = await startBox({ claude, dataDir })
  await until(
    () => box.report({ group: 'day' }),
    ({ totals }) => totals.calls >= expected.totals.calls,
  )
  const [rewritten, ...deleted] = files.map((file) => path.join(claude, file.path))
  for (const file of deleted) fs.rmSync(file)
  fs.writeFileSync(rewritten ?? '', '{"type":"summary","summary":"compacted"}\n')
  const line = {
    type: 'assistant',
    timestamp: '2026-11-20T10:00:00.000Z',
    sessionId: 's',
    cwd: '/x',
    requestId: 'req_late',
    message: { id: 'msg_late', model: 'claude-opus-5', usage: { input_tokens: 5, output_tokens: 7 } },
  }
  fs.appendFileSync(rewritten ?? '', `${JSON.stringify(line)}\n`)
  const after = await until(
    () => box.report({ group: 'day' }),
    ({ totals }) => totals.calls > expected.totals.calls,
  )
  expect(toExpected(after.totals)).toEqual({
    ...expected.totals,
    calls: expected.totals.calls + 1,
    input: expected.totals.input + 5,
    output: expected.totals.output + 7,
  })
  await box.child.stop('SIGINT')
})
