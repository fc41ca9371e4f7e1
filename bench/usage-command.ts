import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Corpus, freshLines } from './corpus.ts'
import { type Run, runProcess } from './process.ts'
import { median, milliseconds, type Row, times } from './table.ts'

const cli = path.resolve(import.meta.dirname, '../apps/cli/bin/signalbox.cjs')

/**
 * Measures `signalbox usage daily` as a whole process against `ccusage claude daily`, alternating, so that a slow phase of
 * the machine affects both.
 */
export async function usageCommand(corpus: Corpus, ccusage: string | undefined, rounds = 5): Promise<Row[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-bench-'))
  const env = { CLAUDE_CONFIG_DIR: corpus.folder, TIMEZONE: 'UTC', TZ: 'UTC' }
  const ours = (dataDir: string) => runProcess(process.execPath, [cli, 'usage', 'daily', '--json'], { ...env, DATA_DIR: dataDir })
  const theirs = () => (ccusage ? runProcess(ccusage, ['claude', 'daily', '--offline', '--json'], env) : Promise.resolve(undefined))
  const grown = corpus.files.at(-1) ?? ''
  const size = fs.statSync(grown).size
  try {
    await ours(path.join(folder, 'warm'))
    await theirs()
    const empty = await inTurns(rounds, (round) => ours(path.join(folder, `empty-${round}`)), theirs)
    const same = await inTurns(rounds, () => ours(path.join(folder, 'warm')), theirs)
    const appended = await inTurns(
      rounds,
      (round) => {
        fs.appendFileSync(grown, freshLines(corpus, 1_000_000, `x${round}`), 'latin1')
        return ours(path.join(folder, 'warm'))
      },
      theirs,
    )
    return [
      row('`signalbox usage daily`, empty `DATA_DIR`', empty, 1.4, { maxBytes: 250e6 }),
      row('the same, nothing new', same, 10, { maxMs: 150 }),
      row('the same, 1 MB appended', appended, 8, {}),
      await ownStart(corpus, folder),
    ]
  } finally {
    fs.truncateSync(grown, size)
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** The least that a command takes: one file of transcripts, nothing new, in turns with a Node that does nothing. */
async function ownStart(corpus: Corpus, folder: string, rounds = 15): Promise<Row> {
  const [claude, dataDir] = [path.join(folder, 'claude'), path.join(folder, 'data')]
  const file = path.join(claude, 'projects/-work-shop/s-1.jsonl')
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, freshLines(corpus, 1_000_000, 'y'), 'latin1')
  const env = { CLAUDE_CONFIG_DIR: claude, DATA_DIR: dataDir, TIMEZONE: 'UTC', TZ: 'UTC' }
  const ours = () => runProcess(process.execPath, [cli, 'usage'], env)
  await ours()
  const turns = await inTurns(rounds, ours, () => runProcess(process.execPath, ['-e', '0'], env))
  const [own, empty] = [turns.ours, turns.theirs].map((runs) => median(runs.map((run) => run.wallMs))) as [number, number]
  return {
    what: '`signalbox usage` of one file, nothing new',
    measured: `${milliseconds(own)}, ${times(own / empty)} the time`,
    reference: `an empty Node ${milliseconds(empty)}`,
    target: '2 × the time',
    reached: own / empty <= 2,
  }
}

interface Turns {
  readonly ours: readonly Run[]
  readonly theirs: readonly Run[]
}

async function inTurns(rounds: number, ours: (round: number) => Promise<Run>, theirs: () => Promise<Run | undefined>): Promise<Turns> {
  const turns: { ours: Run[]; theirs: Run[] } = { ours: [], theirs: [] }
  for (let round = 0; round < rounds; round++) {
    turns.ours.push(await ours(round))
    const other = await theirs()
    if (other) turns.theirs.push(other)
  }
  return turns
}

function row(what: string, { ours, theirs }: Turns, minSpeedup: number, { maxMs, maxBytes }: { maxMs?: number; maxBytes?: number }): Row {
  const wall = median(ours.map((run) => run.wallMs))
  const peaks = ours.flatMap((run) => run.peakBytes ?? [])
  const peak = peaks.length > 0 ? Math.max(...peaks) : undefined
  const reference = theirs.length > 0 ? median(theirs.map((run) => run.wallMs)) : undefined
  const ratio = reference === undefined ? undefined : reference / wall
  const withinTime = maxMs === undefined || wall <= maxMs
  const withinMemory = maxBytes === undefined || peak === undefined || peak <= maxBytes
  return {
    what,
    measured: [milliseconds(wall), ratio && `${times(ratio)} as fast`, peak && `${(peak / 1e6).toFixed(0)} MB`].filter(Boolean).join(', '),
    reference: reference === undefined ? 'ccusage is not available' : `ccusage ${milliseconds(reference)}`,
    target: [`${minSpeedup} × as fast`, maxMs && `≤ ${maxMs} ms`, maxBytes && `≤ ${maxBytes / 1e6} MB`].filter(Boolean).join(', '),
    reached: ratio === undefined ? undefined : ratio >= minSpeedup && withinTime && withinMemory,
  }
}
