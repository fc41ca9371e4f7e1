import { counted, grouped } from '../number.ts'

/** What is over sooner than this needs no bar, in milliseconds. */
const PATIENCE = 250

interface Bar {
  update(value: number, payload: object): void
  stop(): void
}

/**
 * Shows on a terminal how far a work on the store is; nothing when nobody watches.
 * `report` may be called as often as one likes; `end` wipes the bar.
 */
export function progressBar(
  stream: NodeJS.WriteStream,
  { verb, noun }: { verb: string; noun: string } = { verb: 'Copying', noun: 'row' },
): {
  /** How much of each kind there is. */
  open(size: Readonly<Record<string, number>>): void
  /** How much of a kind is done. */
  report(progress: { readonly kind: string; readonly rows: number }): void
  end(): void
} {
  if (!stream.isTTY) return { open: () => {}, report: () => {}, end: () => {} }
  const done = new Map<string, number>()
  let total = 0
  let started = 0
  let bar: Bar | 'coming' | 'over' | undefined

  const sum = () => [...done.values()].reduce((all, rows) => all + rows, 0)
  const payload = (kind: string) => {
    const seconds = (performance.now() - started) / 1000
    return { kind, done: `${grouped(sum())} of ${counted(total, noun)}`, rate: `${grouped(sum() / seconds)}/s` }
  }
  const begin = async (kind: string) => {
    bar = 'coming'
    // Loaded only here: a small store is copied before anybody could read a bar.
    const { default: progress } = await import('cli-progress')
    if ((bar as string) === 'over') return
    const single = new progress.SingleBar({
      format: `${verb} {kind} [{bar}] {percentage} %  {done}, {rate}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      stream,
    })
    single.start(Math.max(1, total), sum(), payload(kind))
    bar = single
  }
  return {
    open(size) {
      total = Object.values(size).reduce((all, rows) => all + rows, 0)
      started = performance.now()
    },
    report({ kind, rows }) {
      if (kind !== 'whole') done.set(kind, rows)
      // It may have grown since it was counted.
      total = Math.max(total, sum())
      if (bar === undefined && performance.now() - started > PATIENCE) void begin(kind)
      else if (typeof bar === 'object') bar.update(sum(), payload(kind))
    },
    end() {
      if (typeof bar === 'object') bar.stop()
      bar = 'over'
    },
  }
}
