import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import tls from 'node:tls'
import { email } from '../../../apps/hub/src/alert/channel/email.ts'
import { makeCertificateIn } from '../../support/certificate.ts'
import { makeTempFolder, removeFolder } from '../../support/temp.ts'
import { aMessage, anItem, hostileTexts } from '../message.ts'
import { wireForTests } from '../peer-wire.ts'
import type { Checks } from './check.ts'
import { endProgram, startProgram } from './programs.ts'

interface Mail {
  readonly to: readonly string[]
  readonly subject: string
  readonly id: string
  readonly text: string
  readonly tls: boolean
  readonly user: boolean
  readonly defects: readonly string[]
}

/** aiosmtpd, a second mail server by other authors, takes mail over STARTTLS alone, from a user who has logged in. */
export async function proveWithAiosmtpd(checks: Checks, python: string): Promise<void> {
  const folder = makeTempFolder()
  const { certificate, key } = makeCertificateIn(folder, ['localhost'])
  const child = startProgram(python, [path.join(import.meta.dirname, 'receive-mail.py'), certificate, key])
  const known = tls.getCACertificates()
  try {
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
    const next = async <T>() => JSON.parse(String((await lines.next()).value)) as T
    const { port } = await next<{ port: number }>()
    const from = 'Signalbox <signalbox@hub.example>'
    const send = (login: string, message = aMessage(), to = ['ops@example.com']) =>
      email({ url: `smtp://${login}localhost:${port}`, from }).send(message, { to }, wireForTests(), new AbortController().signal)
    const unknown = await send('hub:secret@')
    checks.check('email: a certificate that no one has signed is not trusted', unknown.outcome === 'failed', unknown)
    tls.setDefaultCACertificates([...known, readFileSync(certificate, 'utf8')])
    const sent = await send('hub:secret@')
    checks.check('email: aiosmtpd accepts a message', sent.outcome === 'sent', sent)
    if (sent.outcome !== 'sent') return
    const mail = await next<Mail>()
    checks.check('email: it came over STARTTLS, after the login', mail.tls && mail.user, mail)
    checks.check(
      'email: aiosmtpd has subject, id and links',
      mail.subject === 'Session failed: Fix login' &&
        mail.id === `<${aMessage().id}@hub.example>` &&
        mail.text.includes('https://hub.example/a/'),
      mail,
    )
    const wrong = await send('hub:wrong@')
    checks.check('email: a wrong password is refused for good', wrong.outcome === 'refused', wrong)
    const without = await send('')
    checks.check('email: without a login it is refused for good', without.outcome === 'refused', without)
    const busy = await send('hub:secret@', aMessage(), ['busy@example.com'])
    checks.check('email: 451 for a recipient has failed for now', busy.outcome === 'failed', busy)
    const absent = await send('hub:secret@', aMessage(), ['unknown@example.com'])
    checks.check('email: 550 for a recipient is refused for good', absent.outcome === 'refused', absent)
    const failed: unknown[] = []
    for (const summary of hostileTexts) {
      const outcome = await send('hub:secret@', aMessage({ title: summary, items: [anItem({ summary })], notes: [summary] }))
      const got = outcome.outcome === 'sent' ? await next<Mail>() : undefined
      if (got === undefined || got.defects.length > 0 || got.to.join() !== 'ops@example.com') failed.push({ summary, outcome, got })
    }
    checks.check('email: Python reads whatever others wrote without a defect, for one recipient', failed.length === 0, failed)
  } finally {
    tls.setDefaultCACertificates(known)
    await endProgram(child)
    removeFolder(folder)
  }
}
