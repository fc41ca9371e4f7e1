import { existsSync } from 'node:fs'
import { findTranscriptRoots, findTranscripts } from '@signalbox/ledger'
import { bytes, counted } from '../number.ts'
import { shown } from '../shown.ts'
import { type Check, type Finding, ok, warn } from './check.ts'

const MOST_TOLD = 5

export const transcripts: Check = ({ env }) => {
  const about = 'Transcripts'
  const findings: Finding[] = []
  let count = 0
  for (const root of findTranscriptRoots(env)) {
    if (!existsSync(root)) {
      findings.push(warn(about, `${shown(root)} is not there`, 'Set CLAUDE_CONFIG_DIR to the folder in which Claude Code keeps its files.'))
      continue
    }
    const { transcripts, problems } = findTranscripts([root])
    count += transcripts.length
    const size = transcripts.reduce((sum, { size }) => sum + size, 0)
    findings.push(ok(about, `${counted(transcripts.length, 'file')}, ${bytes(size)} in ${shown(root)}`))
    for (const { path, message } of problems.slice(0, MOST_TOLD)) {
      findings.push(warn(about, `${shown(path)} ${message}`, 'Its calls are missing until it can be read.'))
    }
    if (problems.length > MOST_TOLD) {
      findings.push(warn(about, `${problems.length - MOST_TOLD} more that cannot be read`, 'Their calls are missing until they can.'))
    }
  }
  if (count === 0 && findings.every(({ state }) => state === 'ok')) {
    findings.push(warn(about, 'there are none yet', 'Use Claude Code once; it writes one for each session.'))
  }
  return findings
}
