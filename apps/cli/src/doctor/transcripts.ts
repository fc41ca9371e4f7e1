import { existsSync } from 'node:fs'
import { findTranscriptRoots, findTranscripts } from '@signalbox/ledger'
import { formatBytes, formatCount } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import { type Check, type Finding, ok, warn } from './check.ts'

const MAX_PROBLEMS = 5

export const transcripts: Check = ({ env }) => {
  const about = 'Transcripts'
  const findings: Finding[] = []
  let count = 0
  const roots = findTranscriptRoots(env)
  // Where no folder is configured, none means that Claude Code has not written any yet.
  const isConfigured = Boolean(env.CLAUDE_CONFIG_DIR?.trim() || env.EXTRA_TRANSCRIPT_DIRS?.trim())
  if (!isConfigured && !roots.some((root) => existsSync(root))) {
    return [warn(about, 'none: Claude Code has not run on this machine yet', 'Use Claude Code once; it writes one per session.')]
  }
  for (const root of roots) {
    if (!existsSync(root)) {
      findings.push(warn(about, `${formatPath(root)} does not exist`, "Set CLAUDE_CONFIG_DIR to Claude Code's folder."))
      continue
    }
    const { transcripts, problems } = findTranscripts([root])
    count += transcripts.length
    const size = transcripts.reduce((sum, { size }) => sum + size, 0)
    findings.push(ok(about, `${formatCount(transcripts.length, 'file')}, ${formatBytes(size)} in ${formatPath(root)}`))
    for (const { path, message } of problems.slice(0, MAX_PROBLEMS)) {
      findings.push(warn(about, `${formatPath(path)} ${message}`, 'Its calls are not counted until it can be read.'))
    }
    if (problems.length > MAX_PROBLEMS) {
      findings.push(
        warn(about, `${problems.length - MAX_PROBLEMS} more cannot be read`, 'Their calls are not counted until they can be read.'),
      )
    }
  }
  if (count === 0 && findings.every(({ state }) => state === 'ok')) {
    findings.push(warn(about, 'none yet', 'Use Claude Code once; it writes one per session.'))
  }
  return findings
}
