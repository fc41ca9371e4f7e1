import { formatInteger } from '@signalbox/contract/number-text'
import { formatBytes, formatCount } from './format-number.ts'
import type { Output } from './io.ts'
import { drawableOutput } from './printable-output.ts'

interface Progress {
  readonly title: string
  readonly done: number
  readonly total: number
  /** The text behind the bar. */
  readonly details: string
}

interface ProgressBar {
  /** May be called often. */
  report(progress: Progress): void
  /** Removes the bar. */
  end(): void
}

/** Shorter work gets no progress bar. */
const BAR_DELAY_MS = 250

/** A progress bar on a terminal; nothing elsewhere. */
function createBar(stream: Output): ProgressBar {
  if (!stream.isTTY) return { report: () => {}, end: () => {} }
  let startedAt: number | undefined
  let bar: { update(value: number, payload: object): void; setTotal(total: number): void; stop(): void } | undefined
  let state: 'waiting' | 'loading' | 'shown' | 'ended' = 'waiting'
  let latest: Progress | undefined

  const show = ({ total, done, ...texts }: Progress) => {
    bar?.setTotal(Math.max(1, total))
    bar?.update(done, texts)
  }
  const open = async () => {
    state = 'loading'
    // Loaded on demand: most work is too short for a bar.
    const { default: progress } = await import('cli-progress')
    if (state !== 'loading' || latest === undefined) return
    const single = new progress.SingleBar({
      format: '{title} [{bar}] {percentage}%  {details}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      stream: drawableOutput(stream),
    })
    const { total, done, ...texts } = latest
    single.start(Math.max(1, total), done, texts)
    bar = single
    state = 'shown'
  }
  return {
    report(progress) {
      latest = progress
      startedAt ??= performance.now()
      if (state === 'waiting' && performance.now() - startedAt > BAR_DELAY_MS) void open()
      show(progress)
    },
    end() {
      bar?.stop()
      bar = undefined
      state = 'ended'
    },
  }
}

export interface TranscriptProgress {
  readonly files_total: number
  readonly bytes_done: number
  readonly bytes_total: number
  readonly calls: number
}

/** The progress bar for reading transcripts. */
export function createTranscriptBar(stream: Output): { report(progress: TranscriptProgress): void; end(): void } {
  const bar = createBar(stream)
  // Asked at the first report: a run that reads nothing need not load the clock.
  let startedAt: number | undefined
  return {
    report({ files_total, bytes_done, bytes_total, calls }) {
      startedAt ??= performance.now()
      const seconds = (performance.now() - startedAt) / 1000
      const share = bytes_total === 0 ? 1 : bytes_done / bytes_total
      const details = [
        `${formatBytes(bytes_done)} of ${formatBytes(bytes_total)}`,
        formatCount(files_total, 'file'),
        formatCount(calls, 'call'),
        // Earlier estimates would be far off.
        ...(share > 0.02 && share < 1 ? [`${Math.max(1, Math.round((seconds * (1 - share)) / share))} s left`] : []),
      ]
      bar.report({ title: 'Reading transcripts', done: bytes_done, total: bytes_total, details: details.join(', ') })
    },
    end: bar.end,
  }
}

/** The progress bar for work on the records of a store. */
export function createRecordBar(
  stream: Output,
  verb: string,
  noun: string,
): {
  /** Sets the number of records of each kind. */
  open(size: Readonly<Record<string, number>>): void
  /** Sets the number of finished records of a kind. */
  report(progress: { readonly kind: string; readonly rows: number }): void
  end(): void
} {
  const bar = createBar(stream)
  const finished = new Map<string, number>()
  const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0)
  let total = 0
  let startedAt = 0
  return {
    open(size) {
      total = sum(Object.values(size))
      startedAt = performance.now()
    },
    report({ kind, rows }) {
      if (kind !== 'whole') finished.set(kind, rows)
      const done = sum(finished.values())
      // The store may have grown since it was counted.
      total = Math.max(total, done)
      const rate = formatInteger(done / ((performance.now() - startedAt) / 1000))
      bar.report({ title: `${verb} ${kind}`, done, total, details: `${formatInteger(done)} of ${formatCount(total, noun)}, ${rate}/s` })
    },
    end: bar.end,
  }
}
