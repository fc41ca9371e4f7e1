import type { EmailConfig } from '@signalbox/contract/channel-config'
import type { NodemailerError } from 'nodemailer'
import type { ChannelKind, Message, SendOutcome } from './channel-kind.ts'
import { cutTo, htmlStyle, messageBody, oneLine, plainStyle, titleOf } from './message-text.ts'

/** The mail server and the sender are the operator's, from the environment. */
export interface MailSettings {
  /** SMTP_URL: `smtp://` or `smtps://`. */
  readonly url: string
  /** SMTP_FROM. */
  readonly from: string
}

const SMTP_TIMEOUT_MS = 10_000
const MAX_TEXT = 50_000
const MAX_SUBJECT = 200

export function email(settings: MailSettings | undefined): ChannelKind<EmailConfig> {
  return {
    kind: 'email',
    repeat: 'same',
    rate: { burst: 10, per_ms: 6_000 },
    async send(message, config, _wire, signal) {
      if (settings === undefined) return { outcome: 'refused', reason: 'The hub has no mail server. Set SMTP_URL and SMTP_FROM.' }
      signal.throwIfAborted()
      const { createTransport } = await import('nodemailer')
      const limits = {
        connectionTimeout: SMTP_TIMEOUT_MS,
        greetingTimeout: SMTP_TIMEOUT_MS,
        dnsTimeout: SMTP_TIMEOUT_MS,
        socketTimeout: SMTP_TIMEOUT_MS,
      }
      const transport = createTransport({ url: settings.url, ...limits, disableFileAccess: true, disableUrlAccess: true })
      try {
        const info = await withSignal(transport.sendMail(mailOf(message, config, settings)), signal)
        const rejected = info.rejected.length === 0 ? '' : `; not for ${info.rejected.join(', ')}`
        return { outcome: 'sent', receipt: { id: info.messageId, said: cutTo(oneLine(`${info.response}${rejected}`), 200) } }
      } catch (error) {
        signal.throwIfAborted()
        return outcomeOf(error as NodemailerError)
      } finally {
        transport.close()
      }
    },
  }
}

function mailOf(message: Message, { to }: EmailConfig, { from }: MailSettings) {
  const [, domain = 'signalbox.invalid'] = /@([\w.-]+)>?\s*$/.exec(from) ?? []
  const [first, ...others] = message.items
  const thread = first !== undefined && others.length === 0 ? `<alert.${idPart(first.alert_id)}@${domain}>` : undefined
  const body = messageBody(message, htmlStyle, { max: MAX_TEXT, withTitle: true }).replaceAll('\n', '<br>\n')
  return {
    from,
    to: [...to],
    subject: titleOf(message, MAX_SUBJECT),
    text: messageBody(message, plainStyle, { max: MAX_TEXT, withTitle: true }),
    html: `<!doctype html>\n<html lang="en"><body dir="auto">${body}</body></html>`,
    // A reader shows a repeat once, and all that is said of one alert as one thread.
    messageId: `<${idPart(message.id)}@${domain}>`,
    ...(thread === undefined ? {} : { references: thread, inReplyTo: thread }),
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(message.url === undefined ? {} : { 'List-Unsubscribe': `<${message.url}>` }),
    },
    priority: message.severity === 'critical' ? ('high' as const) : ('normal' as const),
  }
}

const idPart = (id: string) => id.replace(/[^\w.-]/g, '_')

/** nodemailer takes no signal: the wait ends, and closing the transport ends the rest. */
function withSignal<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** 4xx is for now and 5xx for good, as long as it is about the message. */
function outcomeOf({ code = '', responseCode, permanent, response, message }: NodemailerError): SendOutcome<EmailConfig> {
  const said = response === undefined ? {} : { said: cutTo(oneLine(response), 200) }
  const receipt = { ...(responseCode === undefined ? {} : { status: responseCode }), ...said }
  const reason = `The mail server ${responseCode === undefined ? `cannot be reached (${code || cutTo(oneLine(message), 100)})` : `answered ${response}`}`
  const final = permanent === true || code === 'ENOAUTH' || code === 'ECONFIG'
  return { outcome: final ? 'refused' : 'failed', reason: cutTo(oneLine(reason), 300), receipt }
}
