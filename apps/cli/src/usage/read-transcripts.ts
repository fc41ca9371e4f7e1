import { existsSync } from 'node:fs'
import { printable } from '@signalbox/contract/printable'
import type { Ledger, RefreshSummary } from '@signalbox/ledger'
import { Interrupted } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import type { Io } from '../io.ts'
import { createTranscriptBar } from '../progress.ts'
import { listenForStop } from '../up/listen-for-stop.ts'

const MAX_PROBLEMS = 3

/** Says which files and folders could not be read. */
export function reportProblems(io: Io, problems: RefreshSummary['problems']): void {
  for (const { path, message } of problems.slice(0, MAX_PROBLEMS))
    io.stderr.write(`signalbox: ${printable(`${formatPath(path)} ${message}`)}\n`)
  if (problems.length > MAX_PROBLEMS)
    io.stderr.write(`signalbox: … and ${problems.length - MAX_PROBLEMS} more, see \`signalbox doctor\`.\n`)
}

/** Reads new transcript data, with a progress bar when it takes long. Ctrl-C stops it without loss. */
export async function readTranscripts(
  io: Io,
  ledger: Ledger,
  roots: readonly string[],
): Promise<Pick<RefreshSummary, 'note' | 'problems'>> {
  const bar = createTranscriptBar(io.stderr)
  const stop = listenForStop(io)
  try {
    const { problems, note } = await ledger.refresh({ roots: [...roots], signal: stop.signal, onProgress: bar.report })
    if (stop.signal.aborted) throw new Interrupted()
    // A folder that does not exist is reported where a setting names it, and else only when there is no usage at all.
    return { note, problems: problems.filter(({ path }) => !roots.includes(path) || existsSync(path)) }
  } catch (error) {
    throw stop.signal.aborted ? new Interrupted() : error
  } finally {
    bar.end()
    stop.release()
  }
}
