import { email } from '../../../apps/hub/src/alert/channel/email.ts'
import { freePort } from '../../support/free-port.ts'
import { aMessage, anItem, hostileTexts } from '../message.ts'
import { wireForTests } from '../peer-wire.ts'
import { type Checks, until } from './check.ts'
import { endProgram, startProgram } from './programs.ts'

type Chaos = Partial<Record<'Sender' | 'Recipient' | 'Authentication', { ErrorCode: number; Probability: number }>>

/** Mailpit, a mail server by other authors, must get what our kind sends; with its chaos on, each refusal must have its class. */
export async function proveWithMailpit(checks: Checks, program: string): Promise<void> {
  const [smtp, api] = [await freePort(), await freePort()]
  const args = ['--smtp', `127.0.0.1:${smtp}`, '--listen', `127.0.0.1:${api}`, '--enable-chaos', '--quiet', '--disable-version-check']
  const child = startProgram(program, args)
  const call = async <T>(path: string, init?: RequestInit) =>
    (await (await fetch(`http://127.0.0.1:${api}/api/v1/${path}`, init)).json()) as T
  const chaos = (triggers: Chaos) => call('chaos', { method: 'PUT', body: JSON.stringify(triggers) })
  const kind = email({ url: `smtp://127.0.0.1:${smtp}`, from: 'Signalbox <signalbox@hub.example>' })
  const send = (message = aMessage(), to = ['ops@example.com']) => kind.send(message, { to }, wireForTests(), new AbortController().signal)
  try {
    await until('Mailpit', () => call('info').catch(() => undefined))
    const sent = await send()
    checks.check('email: Mailpit accepts a message', sent.outcome === 'sent', sent)
    const { messages } = await call<{ messages: { ID: string; MessageID: string; Subject: string }[] }>('messages')
    const [mail] = messages
    checks.check(
      'email: Mailpit shows subject and id',
      mail?.Subject === 'Session failed: Fix login' && mail.MessageID === `${aMessage().id}@hub.example`,
      mail,
    )
    const headers = await call<Record<string, string[]>>(`message/${mail?.ID}/headers`)
    checks.check(
      'email: it has its thread and is marked as automatic',
      headers['Auto-Submitted']?.[0] === 'auto-generated' && Boolean(headers.References),
      headers,
    )
    const { HTML, Text } = await call<{ HTML: string; Text: string }>(`message/${mail?.ID}`)
    checks.check(
      'email: both forms have the links',
      [HTML, Text].every((body) => body.includes('https://hub.example/a/token')),
      [HTML, Text],
    )
    for (const [trigger, code, expected] of [
      ['Sender', 451, 'failed'],
      ['Sender', 550, 'refused'],
      ['Recipient', 450, 'failed'],
      ['Recipient', 554, 'refused'],
    ] as const) {
      await chaos({ [trigger]: { ErrorCode: code, Probability: 100 } })
      const outcome = await send()
      checks.check(
        `email: chaos ${trigger} ${code} is ${expected}`,
        outcome.outcome === expected && outcome.receipt?.status === code,
        outcome,
      )
    }
    await chaos({})
    const again = await send()
    checks.check('email: after the chaos it is sent again', again.outcome === 'sent', again)
    const failed: unknown[] = []
    for (const summary of hostileTexts) {
      const outcome = await send(aMessage({ title: summary, items: [anItem({ summary, alert_id: summary })], notes: [summary] }))
      if (outcome.outcome !== 'sent') failed.push(outcome)
    }
    checks.check('email: Mailpit accepts whatever others wrote', failed.length === 0, failed)
    const { messages: all } = await call<{ messages: { To: unknown[]; Bcc: unknown[] | null }[] }>('messages?limit=100')
    checks.check(
      'email: no text made a recipient',
      all.every(({ To, Bcc }) => To.length === 1 && (Bcc ?? []).length === 0),
      all,
    )
  } finally {
    await endProgram(child)
  }
}
