import { counted } from '../number.ts'
import { shown } from '../shown.ts'
import { type Check, type Finding, ok, warn } from './check.ts'

/** That it could not be opened is told by whoever tried. */
export const ledger: Check = ({ ledger }) => {
  if (ledger === undefined) return []
  const about = 'Ledger'
  const { calls, first_call_at, last_call_at, bad_lines, pending, set_aside, set_aside_total, file } = ledger.status()
  if (calls === 0) return [warn(about, `${shown(file)} is empty`, 'Read the transcripts: signalbox usage')]
  const findings: Finding[] = [ok(about, `${counted(calls, 'call')}, ${first_call_at?.slice(0, 10)} to ${last_call_at?.slice(0, 10)}`)]
  if (bad_lines > 0) {
    const text = `${counted(bad_lines, 'line')} of the transcripts could not be read`
    // A torn line is an everyday thing; many are a new format.
    findings.push(
      bad_lines > calls / 20
        ? warn(about, text, 'When this grows, Claude Code may have changed its format: update Signalbox.')
        : ok(about, text),
    )
  }
  findings.push(ok('Outbox', pending === 0 ? 'nothing waits to be sent' : `${counted(pending, 'call')} not yet sent to a hub`))
  if (set_aside_total > 0) {
    const why = [...new Set(set_aside.map(({ reason }) => reason))].slice(0, 3).join('; ')
    findings.push(
      warn(
        'Outbox',
        `${counted(set_aside_total, 'call')} refused by the hub: ${why}`,
        'When hub and collector are up to date: signalbox collector resend',
      ),
    )
  }
  return findings
}
