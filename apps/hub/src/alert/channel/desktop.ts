import type { DesktopConfig } from '@signalbox/contract/channel-config'
import type { DesktopNotice } from '@signalbox/contract/desktop-notice'
import type { ChannelKind, Message } from './channel-kind.ts'
import { isOver, linksOf, messageBody, plainStyle, titleOf } from './message-text.ts'

const MAX_TITLE = 120
const MAX_BODY = 600

/** Hands a notice to the collectors that are connected and can show it; all of them, or that of one machine. */
export interface DesktopOutlet {
  /** @returns the machines that showed it, within the signal's time */
  show(notice: DesktopNotice, machineId: string | undefined, signal: AbortSignal): Promise<readonly string[]>
}

export function desktop(outlet: DesktopOutlet): ChannelKind<DesktopConfig> {
  return {
    kind: 'desktop',
    repeat: 'same',
    rate: { burst: 60, per_ms: 1_000 },
    async send(message, { machine_id }, _wire, signal) {
      signal.throwIfAborted()
      const machines = await outlet.show(noticeOf(message), machine_id, signal)
      if (machines.length > 0) return { outcome: 'sent', receipt: { said: `Shown on ${machines.join(', ')}` } }
      const reason =
        machine_id === undefined
          ? 'No machine shows notifications now: no collector with a desktop is connected.'
          : `${machine_id} shows no notifications now: its collector is away, or has no desktop.`
      return { outcome: 'failed', reason }
    },
  }
}

function noticeOf(message: Message): DesktopNotice {
  const [first, ...others] = message.items
  const [link] = linksOf(message)
  return {
    notice_id: message.id,
    tag: first !== undefined && others.length === 0 ? first.alert_id : message.id,
    title: titleOf(message, MAX_TITLE),
    body: messageBody(message, plainStyle, { max: MAX_BODY, withoutLinks: true }),
    severity: isOver(message) ? 'info' : message.severity,
    ...(link === undefined ? {} : { url: link.url }),
  }
}
