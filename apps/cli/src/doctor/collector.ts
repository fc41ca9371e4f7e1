import { readCollectorStatus } from '../collector-status.ts'
import { counted, duration } from '../number.ts'
import { type Check, type Finding, fail, ok, warn } from './check.ts'

export const collector: Check = ({ settings: { DATA_DIR }, now }) => {
  const about = 'Collector'
  const status = readCollectorStatus(DATA_DIR, now)
  if (status === undefined) return [warn(about, 'none has run here yet', 'Only the page needs it. Start it: signalbox up')]
  if (!status.running) {
    return [warn(about, `does not run; last seen ${duration(now - Date.parse(status.updated_at))} ago`, 'Start it: signalbox up')]
  }
  const { read, sent } = status
  const findings: Finding[] = [
    ok(about, `runs since ${duration(now - Date.parse(status.started_at))}, has sent ${counted(sent.calls, 'call')} to ${status.hub}`),
  ]
  if (read.problem !== undefined)
    findings.push(fail(about, `transcripts cannot be read: ${read.problem}`, 'It goes on trying every few seconds.'))
  if (!read.watching) {
    findings.push(
      warn(about, 'the system does not tell it of changes; it looks every few seconds', 'On Linux raise fs.inotify.max_user_watches.'),
    )
  }
  if (sent.problem !== undefined) {
    const text = `calls cannot be sent: ${sent.problem}`
    findings.push(
      status.state === 'refused'
        ? fail(about, text, sent.suggestion ?? 'Look into its log.')
        : warn(about, text, sent.suggestion ?? 'It goes on trying; nothing is lost.'),
    )
  }
  return findings
}
