import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { createPageScanner } from '../packages/ledger/src/transcript/scan-page.ts'
import { startScanPool } from '../packages/ledger/src/transcript/scan-pool.ts'
import { createScanners } from '../packages/ledger/src/transcript/sources.ts'
import type { Corpus } from './corpus.ts'
import { median, milliseconds, type Row, times } from './table.ts'

/** Measures reading, searching and parsing of transcripts without any write, against `cat` of the same files. */
export async function scan(corpus: Corpus, rounds = 5): Promise<Row[]> {
  const ours: number[] = []
  const cats: number[] = []
  await scanAll(corpus)
  for (let round = 0; round < rounds; round++) {
    ours.push(await timed(() => scanAll(corpus)))
    if (process.platform !== 'win32') cats.push(await timed(() => cat(corpus)))
  }
  const took = median(ours)
  const reference = cats.length > 0 ? median(cats) : undefined
  const ratio = reference === undefined ? undefined : took / reference
  return [
    {
      what: 'read speed of the scan',
      measured: `${milliseconds(took)}, ${(corpus.bytes / took / 1e6).toFixed(2)} GB/s${ratio === undefined ? '' : `, ${times(ratio)} the time`}`,
      reference:
        reference === undefined
          ? 'cat is not available'
          : `cat ${milliseconds(reference)}, ${(corpus.bytes / reference / 1e6).toFixed(2)} GB/s`,
      target: 'within 4 ×',
      reached: ratio === undefined ? undefined : ratio <= 4,
    },
  ]
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** Scans as a first refresh does: this thread from the back, the others from the front. */
async function scanAll({ files }: Corpus): Promise<number> {
  let calls = 0
  const tasks = files.map((path) => ({ path, source: 'claude-code' as const, known: undefined }))
  const pool = startScanPool(tasks, Math.min(4, availableParallelism()) - 1, (page) => {
    calls += page.calls.keys.length
  })
  const scanner = createPageScanner(await createScanners(tasks))
  for (let task = pool.claimLast(); task !== undefined; task = pool.claimLast()) {
    for (const page of scanner.scan(task, tasks[task]!)) calls += page?.calls.keys.length ?? 0
  }
  calls += scanner.flush()?.calls.keys.length ?? 0
  await pool.finished
  if (calls === 0) throw new Error('the scan found no call in the corpus')
  return calls
}

function cat({ files }: Corpus): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('cat', [...files], { stdio: ['ignore', 'ignore', 'inherit'] })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`cat ended with ${code}`))))
  })
}
