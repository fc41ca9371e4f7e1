import { existsSync } from 'node:fs'
import { findNamedFolders, findTranscriptPlaces, findTranscripts, type TranscriptPlace } from '@signalbox/ledger'
import { formatBytes, formatCount } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import { type Check, type Finding, fail, ok, warn } from './check.ts'

const MAX_PROBLEMS = 5
const about = 'Transcripts'

export const transcripts: Check = ({ env }) => {
  const named = findNamedFolders(env)
  const missing = named.filter(({ problem }) => problem !== undefined)
  // Where none of them is there, what is counted is not what was asked for.
  const finding = missing.length > 0 && missing.length === named.length ? fail : warn
  const findings = missing.map(({ setting, folder, problem }) =>
    finding(about, `${setting} names ${formatPath(folder)}, which ${problem}`, 'Correct the setting, or leave it out.'),
  )
  const places = findTranscriptPlaces(env).filter(({ roots }) => roots.some((root) => existsSync(root)))
  // Where no folder is named, none means that Claude Code has not written any yet.
  if (places.length === 0 && findings.length === 0) {
    return [warn(about, 'none: Claude Code has not run on this machine yet', 'Use Claude Code once; it writes one per session.')]
  }
  const read = places.map(readPlace)
  findings.push(...read.flatMap(({ findings }) => findings))
  if (read.every(({ count }) => count === 0) && findings.every(({ state }) => state === 'ok')) {
    findings.push(warn(about, 'none yet', 'Use Claude Code once; it writes one per session.'))
  }
  return findings
}

function readPlace({ folder, roots, app }: TranscriptPlace): { count: number; findings: Finding[] } {
  const { transcripts, problems } = findTranscripts(roots)
  const size = transcripts.reduce((sum, { size }) => sum + size, 0)
  const of = app === undefined ? '' : ` of ${app}`
  const findings = [ok(about, `${formatCount(transcripts.length, 'file')}${of}, ${formatBytes(size)} in ${formatPath(folder)}`)]
  for (const { path, message } of problems.slice(0, MAX_PROBLEMS)) {
    findings.push(warn(about, `${formatPath(path)} ${message}`, 'Its calls are not counted until it can be read.'))
  }
  if (problems.length > MAX_PROBLEMS) {
    const more = `${problems.length - MAX_PROBLEMS} more cannot be read`
    findings.push(warn(about, more, 'Their calls are not counted until they can be read.'))
  }
  return { count: transcripts.length, findings }
}
