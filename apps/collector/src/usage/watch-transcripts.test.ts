import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLedger } from '@signalbox/ledger'
import { expect, onTestFinished, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { WakeSignal } from '../wake-signal.ts'
import { type Pace, type TranscriptObserver, watchTranscripts } from './watch-transcripts.ts'

function line(name: string): string {
  return `${JSON.stringify({
    type: 'assistant',
    timestamp: '2026-11-01T10:00:00.000Z',
    sessionId: 's',
    cwd: '/work',
    uuid: name,
    requestId: 'r',
    message: { id: name, model: 'claude-opus-5-5', usage: { input_tokens: 1, output_tokens: 1 } },
  })}\n`
}

interface Setup {
  readonly roots: (folder: string) => string[]
  readonly pace?: Partial<Pace>
  /** Runs before the watcher starts. */
  readonly prepare?: (folder: string) => void
}

/** No full scans, so that only events find changes. */
const onlyEvents: Partial<Pace> = { watchedScan: 1e9, roots: 1e9 }

async function start({ roots, pace = onlyEvents, prepare }: Setup) {
  const folder = tempFolder()
  prepare?.(folder)
  const ledger = openLedger({ dataDir: path.join(folder, 'data') })
  const stopping = new AbortController()
  const [scanned, failed] = [new WakeSignal(), new WakeSignal()]
  const observer: TranscriptObserver = { scanned: () => scanned.notify(), failed: () => failed.notify() }
  const running = watchTranscripts({ ledger, roots: () => roots(folder), observer, pace }, stopping.signal)
  onTestFinished(async () => {
    stopping.abort()
    await running
    ledger.close()
  })
  await scanned.wait(AbortSignal.timeout(5_000))
  return {
    folder,
    ledger,
    failed: () => failed.wait(AbortSignal.timeout(10_000)),
    /** Waits until the ledger holds `calls` calls. @returns the milliseconds it took */
    async until(calls: number): Promise<number> {
      const started = performance.now()
      while (ledger.status().calls !== calls) {
        if (performance.now() - started > 10_000) throw new Error(`${ledger.status().calls} calls, not ${calls}`)
        await scanned.wait(AbortSignal.timeout(10_000))
      }
      return performance.now() - started
    },
  }
}

const projects = (folder: string) => [path.join(folder, 'claude', 'projects')]
function transcript(folder: string, ...parts: string[]): string {
  const file = path.join(folder, 'claude', 'projects', ...parts)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  return file
}

test('a line appended is in the ledger within a fifth of a second', async () => {
  const { folder, until } = await start({
    roots: projects,
    prepare: (folder) => fs.writeFileSync(transcript(folder, 'a', 's.jsonl'), line('m0')),
  })
  await until(1)
  const durations: number[] = []
  for (const [index, name] of ['m1', 'm2', 'm3', 'm4', 'm5'].entries()) {
    fs.appendFileSync(transcript(folder, 'a', 's.jsonl'), line(name))
    durations.push(await until(index + 2))
  }
  // Other processes on this machine may delay one of them, but not all.
  expect(Math.min(...durations)).toBeLessThan(200)
  expect(Math.max(...durations)).toBeLessThan(3000)
})

test('an incomplete line is read once it is complete', async () => {
  const { folder, until } = await start({
    roots: projects,
    prepare: (folder) => fs.writeFileSync(transcript(folder, 'a', 's.jsonl'), line('m0')),
  })
  const text = line('m1')
  fs.appendFileSync(transcript(folder, 'a', 's.jsonl'), text.slice(0, 90))
  await sleep(120)
  fs.appendFileSync(transcript(folder, 'a', 's.jsonl'), text.slice(90))
  await until(2)
})

test('files in new folders are found at any depth', async () => {
  const { folder, until } = await start({
    roots: projects,
    prepare: (folder) => fs.writeFileSync(transcript(folder, 'a', 's.jsonl'), line('m0')),
  })
  fs.writeFileSync(transcript(folder, 'b', 'new.jsonl'), line('m1'))
  await until(2)
  fs.writeFileSync(transcript(folder, 'b', 'session', 'subagents', 'workflows', 'w', 'agent-1.jsonl'), line('m2'))
  await until(3)
  fs.appendFileSync(transcript(folder, 'b', 'session', 'subagents', 'workflows', 'w', 'agent-1.jsonl'), line('m3'))
  await until(4)
})

test('a folder that was removed and created again is still watched', async () => {
  const { folder, until } = await start({
    roots: projects,
    prepare: (folder) => fs.writeFileSync(transcript(folder, 'a', 's.jsonl'), line('m0')),
  })
  fs.rmSync(path.join(folder, 'claude', 'projects', 'a'), { recursive: true })
  fs.writeFileSync(transcript(folder, 'a', 's.jsonl'), line('m1'))
  await until(2)
  fs.appendFileSync(transcript(folder, 'a', 's.jsonl'), line('m2'))
  await until(3)
})

test('a complete transcript that is moved into place is read', async () => {
  const { folder, until } = await start({
    roots: projects,
    prepare: (folder) => fs.writeFileSync(transcript(folder, 'a', 's.jsonl'), line('m0')),
  })
  fs.writeFileSync(path.join(folder, 'draft'), line('m1') + line('m2'))
  fs.renameSync(path.join(folder, 'draft'), transcript(folder, 'a', 'moved.jsonl'))
  await until(3)
})

test('a root that is created later is found', async () => {
  const { folder, until } = await start({ roots: projects, pace: { watchedScan: 60, roots: 20 } })
  fs.writeFileSync(transcript(folder, 'a', 's.jsonl'), line('m0'))
  await until(1)
})

test('a change without an event is found by the next full scan', async () => {
  const { folder, until } = await start({
    roots: projects,
    pace: { watchedScan: 50 },
    prepare: (folder) => {
      fs.mkdirSync(path.join(folder, 'elsewhere'))
      fs.mkdirSync(path.join(folder, 'claude', 'projects'), { recursive: true })
      // A folder behind a symbolic link is read but not watched.
      fs.symlinkSync(path.join(folder, 'elsewhere'), path.join(folder, 'claude', 'projects', 'link'))
    },
  })
  fs.writeFileSync(path.join(folder, 'elsewhere', 's.jsonl'), line('m0'))
  await until(1)
})

test('a ledger that fails for a while is retried, and nothing is lost', async () => {
  const folder = tempFolder()
  fs.writeFileSync(transcript(folder, 'a', 's.jsonl'), line('m0'))
  const ledger = openLedger({ dataDir: path.join(folder, 'data') })
  const stopping = new AbortController()
  const [scanned, failed] = [new WakeSignal(), new WakeSignal()]
  let broken = true
  const running = watchTranscripts(
    {
      // The real ledger, which fails at first as on a full disk.
      ledger: { refresh: (request) => (broken ? Promise.reject(new Error('disk full')) : ledger.refresh(request)) },
      roots: () => projects(folder),
      observer: { scanned: () => scanned.notify(), failed: () => failed.notify() },
      pace: { retry: 10 },
    },
    stopping.signal,
  )
  await failed.wait(AbortSignal.timeout(5_000))
  broken = false
  await scanned.wait(AbortSignal.timeout(5_000))
  expect(ledger.status().calls).toBe(1)
  stopping.abort()
  await running
  ledger.close()
})
