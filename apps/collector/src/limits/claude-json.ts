import { statSync } from 'node:fs'
import path from 'node:path'
import { type ClaudeFile, claudeFilesOf, claudeFolders, readClaudeFile } from './claude-file.ts'
import type { ReadOutcome, Source, SourceContext } from './source.ts'
import { readUtilization } from './utilization.ts'
import { type WatchPace, watchFiles } from './watch-files.ts'

/** Milliseconds a reading may be ahead of our clock; the hub refuses what is further. */
const AHEAD = 5 * 60_000
const next = "reads when Claude Code's file changes"

/** What Claude Code itself was told of the plan, in its own file. */
export const claudeJson: Source = { name: 'claude-json', start: (context, signal) => readClaudeJson(context, signal) }

/** @param pace for tests */
export function readClaudeJson(context: SourceContext, signal: AbortSignal, pace?: Partial<WatchPace>) {
  const read = new Map<string, { readonly signature: string; readonly found: ClaudeFile }>()
  /** By account: when the last reading that was put was fetched. */
  const put = new Map<string, number>()
  const told = reporter(context)

  const files = () => [...new Set(claudeFolders(context.env).flatMap(claudeFilesOf))]
  const look = async (): Promise<ReadOutcome> => {
    const found: { readonly file: string; readonly now: ClaudeFile }[] = []
    for (const file of files()) found.push({ file, now: await readIfChanged(file, read) })
    const problems = found.flatMap(({ file, now }) => (now.state === 'unreadable' ? [`${file}: ${now.problem}`] : []))
    const good: string[] = []
    // The newest first, so that an older file of the same account says nothing.
    const usages = found.flatMap(({ file, now }) => (now.state === 'found' ? [{ file, ...now.usage }] : []))
    for (const { file, fetchedAt, account, utilization } of usages.sort((a, b) => b.fetchedAt - a.fetchedAt)) {
      const now = context.clock.now()
      if (fetchedAt > now + AHEAD) {
        problems.push(`${file}: fetchedAtMs is in the future (${new Date(fetchedAt).toISOString()}); check the clock of this machine`)
        continue
      }
      const said = readUtilization(utilization, fetchedAt)
      const readable = said.windows.filter(({ percentUsed }) => percentUsed !== undefined).length
      if (readable === 0) {
        problems.push(`${file}: ${whyNot(said.windows, said.errors)}`)
        continue
      }
      good.push(`read ${readable} ${readable === 1 ? 'window' : 'windows'} of ${new Date(fetchedAt).toISOString()}`)
      if (fetchedAt <= (put.get(account ?? '') ?? 0)) continue
      context.put({ source: 'claude-json', ...(account === undefined ? {} : { account }), capturedAt: fetchedAt, receivedAt: now, ...said })
      put.set(account ?? '', fetchedAt)
    }
    const [did] = good
    const [problem] = problems
    if (did !== undefined) {
      told({ state: 'ok', did, next })
      return { ok: true }
    }
    if (problem !== undefined) {
      const message = `${problem}. It is read again when it changes; where it stays so, update Signalbox, or leave claude-json out of LIMIT_SOURCES.`
      told({ state: 'failing', did: 'could not read the plan limits', next, error: { category: 'UNKNOWN', message } })
      return { ok: false, message }
    }
    const there = found.some(({ now }) => now.state === 'none')
    const message = there ? "Claude Code's file says nothing of a plan yet" : "there is no file of Claude Code's yet"
    told({ state: 'waiting', did: message, next })
    return { ok: false, message }
  }

  return watchFiles(
    {
      folders: () => [...new Set(files().map((file) => path.dirname(file)))],
      concerns: (name) => name === '.claude.json' || name === '.config.json',
      look,
      failed: (error) => {
        context.log.error({ err: error }, "Claude Code's file could not be read")
        told({ state: 'failing', did: 'failed', next, error: { category: 'UNKNOWN', message: (error as Error).message } })
      },
      clock: context.clock,
      ...(pace === undefined ? {} : { pace }),
    },
    signal,
  )
}

/** Reads a file again only when it is another one than before, or could not be read. */
async function readIfChanged(file: string, before: Map<string, { signature: string; found: ClaudeFile }>): Promise<ClaudeFile> {
  const signature = signatureOf(file)
  const last = before.get(file)
  if (last !== undefined && last.signature === signature) return last.found
  const found = signature === undefined ? ({ state: 'missing' } as const) : await readClaudeFile(file)
  // One that another process has locked is free again without any change of it.
  const locked = found.state === 'unreadable' && found.problem.startsWith('it cannot be')
  if (signature === undefined || locked) before.delete(file)
  else before.set(file, { signature, found })
  return found
}

function signatureOf(file: string): string | undefined {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(file)
    return [ino, size, mtimeMs, ctimeMs].join(' ')
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unknown'
  }
}

function whyNot(
  windows: readonly { readonly label: string; readonly problem?: string }[],
  errors: Readonly<Record<string, string>> = {},
): string {
  const reasons = [
    ...windows.flatMap(({ label, problem }) => (problem === undefined ? [] : [`${label}: ${problem}`])),
    ...Object.entries(errors).map(([name, problem]) => `${name}: ${problem}`),
  ]
  return reasons.slice(0, 3).join('; ') || 'no window of it is on this plan'
}

/** Says the same thing once: what was last done is known, and a look that found nothing new did nothing. */
function reporter(context: SourceContext): SourceContext['report'] {
  let last = ''
  return (report) => {
    const text = JSON.stringify(report)
    if (text !== last) context.report(report)
    last = text
  }
}
