import { bytes, counted } from '../number.ts'

export interface Progress {
  readonly files_done: number
  readonly files_total: number
  readonly bytes_done: number
  readonly bytes_total: number
  readonly calls: number
}

/** What is over sooner than this needs no bar. */
const PATIENCE = 250

/**
 * Shows on a terminal how far the reading of transcripts is; nothing when nobody watches.
 * `report` may be called as often as one likes; `end` wipes the bar.
 */
export function progressBar(stream: NodeJS.WriteStream): { report: (progress: Progress) => void; end: () => void } {
  if (!stream.isTTY) return { report: () => {}, end: () => {} }
  const started = performance.now()
  let bar: { update: (value: number, payload: object) => void; stop: () => void } | 'coming' | 'over' | undefined
  let latest: Progress | undefined

  const payload = (now: Progress) => {
    const spent = (performance.now() - started) / 1000
    const share = now.bytes_total === 0 ? 1 : now.bytes_done / now.bytes_total
    return {
      read: `${bytes(now.bytes_done)} of ${bytes(now.bytes_total)}`,
      files: counted(now.files_total, 'file'),
      calls: counted(now.calls, 'call'),
      // The first guesses would be wild.
      left: share > 0.02 && share < 1 ? `${Math.max(1, Math.round((spent * (1 - share)) / share))} s left` : '',
    }
  }
  const show = () => {
    if (typeof bar === 'object' && latest !== undefined) bar.update(latest.bytes_done, payload(latest))
  }
  const open = async (first: Progress) => {
    bar = 'coming'
    // Loaded only here: most runs are over before anybody could read a bar.
    const { default: progress } = await import('cli-progress')
    if ((bar as string) === 'over') return
    const single = new progress.SingleBar({
      format: 'Reading transcripts [{bar}] {percentage} %  {read}, {files}, {calls}  {left}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      stream,
    })
    single.start(Math.max(1, first.bytes_total), first.bytes_done, payload(first))
    bar = single
    show()
  }
  return {
    report(progress) {
      latest = progress
      if (bar === undefined && performance.now() - started > PATIENCE) void open(progress)
      show()
    },
    end() {
      if (typeof bar === 'object') bar.stop()
      bar = 'over'
    },
  }
}
