import { formatDuration } from '@signalbox/contract/duration-text'
import type { MirrorStatus } from '@signalbox/contract/mirror'
import type { MirrorState } from '@signalbox/contract/mirror-state'
import { printable } from '@signalbox/contract/printable'
import { type Detail, renderDetails } from '../details.ts'
import { formatBytes, formatCount } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import { printJson } from '../hub/print-result.ts'
import type { Io } from '../io.ts'
import { createTerminal } from '../terminal.ts'
import { fetchMirrorState } from './fetch-mirror-state.ts'
import { runMirror } from './run-mirror.ts'

/** Compares the files with the store. @returns the exit code: 1 when they differ */
export async function status(io: Io, { json }: { json?: true }): Promise<number> {
  let found: MirrorStatus | undefined
  const { code, errors } = await runMirror(io, 'status', (message) => {
    if ('status' in message) found = message.status
  })
  io.stderr.write(errors)
  if (found === undefined) return code
  const hub = await fetchMirrorState(io, found.store_id)
  if (json) printJson(io, hub === undefined ? found : { ...found, hub })
  else {
    const now = io.now()
    const details = formatFiles(found, now)
    if (hub !== undefined) details.push(formatHub(hub, now))
    io.stdout.write(renderDetails(details, createTerminal(io)))
  }
  if (hub?.state === 'failing') return 1
  return found.inOrder || !(hub?.kept ?? found.kept) ? code : 1
}

/** The state that only the running hub knows: its progress and its problem. */
function formatHub({ kept, state, since, waiting = 0, aside = [], problem }: MirrorState, now: number): Detail {
  const about = 'Hub'
  if (!kept) return [about, 'running, writes no files', 'dim']
  const age = since === undefined ? '' : ` for ${formatDuration(now - Date.parse(since))}`
  const extra = [
    ...(waiting === 0 ? [] : [`${formatCount(waiting, 'change')} to be written`]),
    ...(aside.length === 0 ? [] : [`${formatCount(aside.length, 'version')} can have no file: ${printable(aside.join(', '))}`]),
  ]
  if (state === 'failing') {
    const why = problem === undefined ? 'no reason given' : `${problem.message}. ${problem.suggestion}`
    return [about, [`cannot write the files${age}: ${printable(why)}`, ...extra].join('; '), 'red']
  }
  const progress = state === 'behind' ? `behind for ${formatDuration(now - Date.parse(since ?? ''))}` : `up to date${age}`
  return [about, [progress, ...extra].join('; '), state === 'behind' || aside.length > 0 ? 'yellow' : 'green']
}

function formatFiles(found: MirrorStatus, now: number): Detail[] {
  const {
    folder,
    kept,
    because,
    versions,
    missing,
    damaged,
    leftOver,
    aside,
    foreign,
    latest,
    latestIsRight,
    metadataIsRight,
    inOrder,
    free,
  } = found
  const problems: string[] = []
  if (missing.length > 0) problems.push(`${formatCount(missing.length, 'version')} without a file, such as ${missing[0]}`)
  if (damaged.length > 0) problems.push(`${formatCount(damaged.length, 'file')} with other content, such as ${damaged[0]}`)
  if (leftOver.length > 0) problems.push(`${formatCount(leftOver.length, 'file')} of deleted versions, such as ${leftOver[0]}`)
  if (!latestIsRight) problems.push('console-usage-synced.json is not the latest version')
  if (!metadataIsRight) problems.push('_metadata.json differs from the hub database')
  return [
    ['Folder', `${printable(formatPath(folder))}, ${formatBytes(free)} free`],
    ['Enabled', kept ? 'yes' : `no: ${because}`],
    ['Database', formatCount(versions, 'version')],
    ['Latest', latest && `${latest.file}, ${formatDuration(now - Date.parse(latest.lastUpdated))} old`],
    ['Without file', aside.length === 0 ? undefined : `${formatCount(aside.length, 'version')}, such as ${printable(aside[0] ?? '')}`],
    ['Other files', foreign === 0 ? undefined : `${formatCount(foreign, 'file')}, left alone`],
    inOrder
      ? ['Files', 'match the hub database', 'green']
      : ['Files', `${problems.join('; ')}. To fix: signalbox mirror rebuild`, kept ? 'yellow' : 'dim'],
  ]
}
