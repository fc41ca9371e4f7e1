import { existsSync } from 'node:fs'
import { findTranscriptRoots } from '@signalbox/ledger'
import { formatCount } from '../format-number.ts'
import { formatPath } from '../format-path.ts'
import { type Check, type Finding, ok, warn } from './check.ts'

/** A ledger that cannot be opened is reported before the checks run. */
export const ledger: Check = ({ ledger, env }) => {
  if (ledger === undefined) return []
  const about = 'Local database'
  const { calls, first_call_at, last_call_at, bad_lines, pending, set_aside, set_aside_total, file } = ledger.status()
  // Without transcripts, which are checked on their own, there is nothing to read.
  if (calls === 0 && !findTranscriptRoots(env).some((root) => existsSync(root))) return [ok(about, `${formatPath(file)}, empty so far`)]
  if (calls === 0) return [warn(about, `${formatPath(file)} is empty`, 'Read the transcripts: signalbox usage')]
  const findings: Finding[] = [ok(about, `${formatCount(calls, 'call')}, ${first_call_at?.slice(0, 10)} to ${last_call_at?.slice(0, 10)}`)]
  if (bad_lines > 0) {
    const text = `${formatCount(bad_lines, 'line')} of the transcripts could not be read`
    // Single torn lines are common; many mean a new format.
    findings.push(
      bad_lines > calls / 20
        ? warn(about, text, 'If the number grows, Claude Code may have changed its format: update Signalbox.')
        : ok(about, text),
    )
  }
  findings.push(ok('Upload queue', pending === 0 ? 'empty' : `${formatCount(pending, 'record')} of calls not sent to a hub yet`))
  if (set_aside_total > 0) {
    const reasons = [...new Set(set_aside.map(({ reason }) => reason))].slice(0, 3).join('; ')
    findings.push(
      warn(
        'Upload queue',
        `${formatCount(set_aside_total, 'call')} rejected by the hub: ${reasons}`,
        'Update hub and collector, then run: signalbox collector resend',
      ),
    )
  }
  return findings
}
