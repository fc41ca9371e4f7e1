import type { CostState, RecordedSums } from '../transcript/claude-code/cost-state.ts'

/** What a session recorded between two of its lines, usually in one run of a process. */
export interface RecordedRun {
  /** The calls of the run: from the first time, inclusive, to the last one, exclusive; milliseconds since 1970, or infinite. */
  readonly from: number
  readonly to: number
  /** The line that ends it. */
  readonly line: CostState
  /** By the name of the model in the line. */
  readonly sums: ReadonlyMap<string, RecordedSums>
}

/** Whether a call was made in the time of a run. */
export function isWithin({ from, to }: Pick<RecordedRun, 'from' | 'to'>, { at }: { readonly at: number }): boolean {
  return at >= from && at < to
}

/** What is known beside a session's own lines. */
export interface RunContext {
  /** The times of the calls of its main conversation, ascending. */
  readonly mainCalls: readonly number[]
  /**
   * Chooses the line whose sums the first line of a lineage began with: one of another session, `none`, or `unknown` when it began with
   * sums that no line has.
   */
  readonly baseOf: (first: CostState) => CostState | 'none' | 'unknown'
}

/**
 * Takes the lines of one session apart. Each line has the sums since the lineage began, so a run has the difference to the line before;
 * the sums that a fork began with are its original's. What a process did that was killed is in no line, and its calls are in no run or
 * in one that they exceed.
 */
export function findRuns(lines: readonly CostState[], context: RunContext): RecordedRun[] {
  const lineages = Map.groupBy(lines, ({ start }) => start)
  const runs: RecordedRun[] = []
  for (const [, ofLineage] of [...lineages].sort(([a], [b]) => a - b)) {
    const checkpoints = toCheckpoints(ofLineage)
    const base = context.baseOf(checkpoints[0]!)
    const last = runs.at(-1)
    // The lineage before this one ended before this one began, whatever its last line knew of that.
    if (last !== undefined && checkpoints[0]!.start > 0 && last.to > checkpoints[0]!.start) {
      runs[runs.length - 1] = { ...last, to: Math.max(last.from, checkpoints[0]!.start) }
    }
    runs.push(...findRunsOfLineage(checkpoints, base, context.mainCalls))
  }
  return runs
}

function findRunsOfLineage(
  checkpoints: readonly CostState[],
  base: CostState | 'none' | 'unknown',
  mainCalls: readonly number[],
): RecordedRun[] {
  const runs: RecordedRun[] = []
  const [first] = checkpoints
  let before = base === 'none' ? undefined : base === 'unknown' ? first : base
  let endedBefore = before?.at
  let from = base === 'none' ? startOf(first!, mainCalls) : Number.NEGATIVE_INFINITY
  for (const [index, line] of checkpoints.entries()) {
    const ended = findEnd(line, before, endedBefore)
    // Where the calls after a line begin is not known without its time; the next line has its sums too.
    if (ended === undefined && index < checkpoints.length - 1) continue
    const to = ended === undefined ? Number.POSITIVE_INFINITY : nextAfter(ended, mainCalls)
    if (line !== before) {
      const earliest = ended === undefined ? undefined : earliestStart(line, before, ended)
      runs.push({ from: Math.max(from, earliest ?? from), to, line, sums: subtract(line, before) })
    }
    before = line
    endedBefore = ended
    from = to
  }
  return runs
}

/**
 * When a line was written, or shortly before: after the last record before it, and after the process had run for as long as it says.
 * The last records may have an older time than a call.
 */
function findEnd(line: CostState, before: CostState | undefined, endedBefore: number | undefined): number | undefined {
  const { start, duration, at } = line
  const began = before === undefined ? (start === 0 ? undefined : start) : endedBefore
  const ran = duration === 0 ? undefined : duration - (before?.duration ?? 0)
  if (began === undefined || ran === undefined) return at
  return Math.max(began + ran, at ?? Number.NEGATIVE_INFINITY)
}

/**
 * A run that a line ends began this early at most: the line before it may be older than another process, which was killed and whose
 * calls no line has.
 */
function earliestStart(line: CostState, before: CostState | undefined, ended: number): number | undefined {
  return before === undefined || line.duration === 0 || before.duration === 0 ? undefined : ended - (line.duration - before.duration)
}

/** When the calls of a lineage begin; what a session did before is in no line of it. Times that do not fit are not believed. */
function startOf({ start, at }: CostState, mainCalls: readonly number[]): number {
  const isAfterAll = start > (mainCalls.at(-1) ?? Number.POSITIVE_INFINITY)
  return start === 0 || (at !== undefined && start > at) || isAfterAll ? Number.NEGATIVE_INFINITY : start
}

/** The next run begins with the first call of the main conversation after the line; subagents may have worked on until then. */
function nextAfter(at: number, mainCalls: readonly number[]): number {
  return mainCalls.find((time) => time > at) ?? Number.POSITIVE_INFINITY
}

/** Orders the lines of one lineage, and leaves out those that repeat the sums of the one before, as after `/exit`. */
function toCheckpoints(lines: readonly CostState[]): CostState[] {
  const ordered = lines.toSorted((a, b) => a.duration - b.duration || totalOf(a) - totalOf(b))
  const checkpoints: CostState[] = []
  for (const line of ordered) {
    const last = checkpoints.at(-1)
    if (last === undefined || totalOf(line) !== totalOf(last)) checkpoints.push(line)
    else if (line.at !== undefined) checkpoints[checkpoints.length - 1] = { ...last, at: Math.max(line.at, last.at ?? 0) }
  }
  return checkpoints
}

/** All tokens of a line. */
export function totalOf({ models }: CostState): number {
  return Object.values(models).reduce((sum, { input, output, read, write }) => sum + input + output + read + write, 0)
}

/** What a line has more than an earlier one of the same lineage, by model; never less than nothing. */
export function subtract(line: CostState, before: CostState | undefined): Map<string, RecordedSums> {
  const rest = new Map<string, RecordedSums>()
  for (const [model, sums] of Object.entries(line.models)) {
    const former = before?.models[model]
    rest.set(model, former === undefined ? sums : subtractSums(sums, former))
  }
  return rest
}

function subtractSums(sums: RecordedSums, former: RecordedSums): RecordedSums {
  const more = (name: 'input' | 'output' | 'read' | 'write' | 'web_searches' | 'cost_usd') => Math.max(0, sums[name] - former[name])
  return {
    input: more('input'),
    output: more('output'),
    read: more('read'),
    write: more('write'),
    write_1h: sums.write_1h === undefined || former.write_1h === undefined ? undefined : Math.max(0, sums.write_1h - former.write_1h),
    web_searches: more('web_searches'),
    cost_usd: more('cost_usd'),
  }
}

/** What a run must have at least: the calls of a session that stand in its rows. */
export interface KnownPrompt {
  /** The time of the first of these calls. */
  readonly at: number
  readonly input: number
  readonly read: number
  readonly write: number
}

/**
 * Finds the line that a forked session began with, among the lines of other sessions with the same start: the latest one that leaves the
 * session enough for its own calls, and was not written after the first of these: the original may have gone on.
 * @param prompt the sums of the session's own calls up to its first line; their output may not be final
 */
export function findBase(first: CostState, relatives: readonly CostState[], prompt: KnownPrompt): CostState | undefined {
  const isOlder = ({ at }: CostState) => at === undefined || at <= prompt.at
  const candidates = relatives.filter((line) => isOlder(line) && isBefore(line, first)).sort((a, b) => totalOf(b) - totalOf(a))
  const leavesEnough = (line: CostState) => {
    const rest = [...subtract(first, line).values()]
    const sum = (name: 'input' | 'read' | 'write') => rest.reduce((total, sums) => total + sums[name], 0)
    return sum('input') >= prompt.input && sum('read') >= prompt.read && sum('write') >= prompt.write
  }
  return candidates.find(leavesEnough) ?? candidates[0]
}

function isBefore(line: CostState, later: CostState): boolean {
  if (line.duration > later.duration || totalOf(line) >= totalOf(later)) return false
  return Object.entries(line.models).every(([model, sums]) => {
    const { [model]: more } = later.models
    return (
      more !== undefined && sums.input <= more.input && sums.output <= more.output && sums.read <= more.read && sums.write <= more.write
    )
  })
}
