import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface MailServer {
  /** For SMTP_URL. */
  readonly url: string
  /** As they came, with their recipients. */
  readonly mails: { readonly to: readonly string[]; readonly raw: string }[]
  /** The next commands of a kind are answered with these codes. */
  readonly refusals: { command: 'MAIL' | 'RCPT' | 'DATA'; code: number }[]
  close(): Promise<void>
}

/** A mail server that keeps what it gets, and refuses when it is asked to. */
export async function startMailServer({ login }: { login?: { user: string; pass: string } } = {}): Promise<MailServer> {
  const mails: { to: readonly string[]; raw: string }[] = []
  const refusals: MailServer['refusals'] = []
  const refusal = (command: 'MAIL' | 'RCPT' | 'DATA') => {
    const index = refusals.findIndex((one) => one.command === command)
    const [found] = index < 0 ? [] : refusals.splice(index, 1)
    return found === undefined ? null : Object.assign(new Error(`refused ${command}`), { responseCode: found.code })
  }
  const server = new SMTPServer({
    disabledCommands: login === undefined ? ['AUTH', 'STARTTLS'] : ['STARTTLS'],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _session, callback) => {
      if (username === login?.user && password === login?.pass) callback(null, { user: username })
      else callback(Object.assign(new Error('authentication failed'), { responseCode: 535 }))
    },
    onMailFrom: (_address, _session, callback) => callback(refusal('MAIL')),
    onRcptTo: (_address, _session, callback) => callback(refusal('RCPT')),
    onData: (stream, { envelope }, callback) => {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const refused = refusal('DATA')
        if (refused === null) mails.push({ to: envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(parts).toString() })
        callback(refused)
      })
    },
  })
  // A client that goes away is no failure of the server.
  server.on('error', () => {})
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  const credentials = login === undefined ? '' : `${login.user}:${login.pass}@`
  return {
    url: `smtp://${credentials}127.0.0.1:${port}`,
    mails,
    refusals,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
