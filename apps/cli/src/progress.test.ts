import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { CollectedOutput } from './cli.suite.ts'
import { createRecordBar, createTranscriptBar } from './progress.ts'

test('a terminal shows a bar for long work, with what is left', async () => {
  const stderr = new CollectedOutput(true)
  const bar = createTranscriptBar(stderr)
  const report = (bytes_done: number) => bar.report({ files_total: 3, bytes_done, bytes_total: 4_000_000, calls: 1_200 })
  report(0)
  expect(stderr.text).toBe('')
  await sleep(300)
  await expect
    .poll(() => {
      report(1_000_000)
      return stderr.text
    })
    .toMatch(/Reading transcripts \[█+░+\] 25% {2}1\.0 MB of 4\.0 MB, 3 files, 1,200 calls, \d s left/)
  bar.end()
})

test('records of several kinds add up', async () => {
  const stderr = new CollectedOutput(true)
  const bar = createRecordBar(stderr, 'Copying', 'record')
  bar.open({ calls: 300, keys: 100 })
  bar.report({ kind: 'calls', rows: 100 })
  await sleep(300)
  await expect
    .poll(() => {
      bar.report({ kind: 'keys', rows: 100 })
      return stderr.text
    })
    .toMatch(/Copying keys \[█+░+\] 50% {2}200 of 400 records, [\d,]+\/s/)
  bar.end()
})

test('short work, and output that is no terminal, get none', async () => {
  const [short, pipe] = [new CollectedOutput(true), new CollectedOutput(false)]
  const bars = [createTranscriptBar(short), createTranscriptBar(pipe)]
  const report = () => bars[1]!.report({ files_total: 1, bytes_done: 1, bytes_total: 2, calls: 0 })
  bars[0]!.report({ files_total: 1, bytes_done: 1, bytes_total: 2, calls: 0 })
  bars[0]!.end()
  report()
  await sleep(300)
  report()
  expect([short.text, pipe.text]).toEqual(['', ''])
})
