import { expect, it, onTestFinished } from 'vitest'
import { type MailServer, startMailServer } from '../../../../../test/peers/mail-server.ts'
import { aMessage, anItem, hostileTexts } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { email } from './email.ts'

const { signal } = new AbortController()
const from = 'Signalbox <signalbox@hub.example>'

async function start(options = {}) {
  const server = await startMailServer(options)
  onTestFinished(() => server.close())
  return { server, send: sender(server) }
}

const sender =
  ({ url }: Pick<MailServer, 'url'>) =>
  (message = aMessage(), to = ['ops@example.com'], stop = signal) =>
    email({ url, from }).send(message, { to }, wireForTests(), stop)

it('sends text and HTML, as one thread for each alert', async () => {
  const { server, send } = await start()
  expect(await send(aMessage(), ['ann@example.com', 'bob@example.com'])).toMatchObject({
    outcome: 'sent',
    receipt: { id: `<${aMessage().id}@hub.example>`, said: expect.stringContaining('250') },
  })
  const [mail] = server.mails
  expect(mail?.to).toEqual(['ann@example.com', 'bob@example.com'])
  expect(mail?.raw).toContain('Subject: Session failed: Fix login')
  expect(mail?.raw).toContain('References: <alert.a_3f9a1c20b7d4@hub.example>')
  expect(mail?.raw).toContain('Auto-Submitted: auto-generated')
  expect(mail?.raw).toContain('List-Unsubscribe: <https://hub.example/app/alerts>')
  expect(mail?.raw).toContain('multipart/alternative')
})

it('a repeat has the same id', async () => {
  const { server, send } = await start()
  await send()
  await send()
  expect(new Set(server.mails.map(({ raw }) => /^Message-ID: (.*)$/m.exec(raw)?.[1])).size).toBe(1)
})

it.each([
  ['MAIL', 451, 'failed'],
  ['RCPT', 450, 'failed'],
  ['DATA', 452, 'failed'],
  ['MAIL', 550, 'refused'],
  ['RCPT', 550, 'refused'],
  ['DATA', 554, 'refused'],
] as const)('%s answered with %i is %s', async (command, code, outcome) => {
  const { server, send } = await start()
  server.refusals.push({ command, code })
  expect(await send()).toMatchObject({ outcome, receipt: { status: code }, reason: expect.stringContaining(String(code)) })
})

it('a recipient that is refused among others is named in the receipt', async () => {
  const { server, send } = await start()
  server.refusals.push({ command: 'RCPT', code: 550 })
  expect(await send(aMessage(), ['gone@example.com', 'ann@example.com'])).toMatchObject({
    outcome: 'sent',
    receipt: { said: expect.stringContaining('not for gone@example.com') },
  })
})

it('logs in, and a wrong password is final and in no outcome', async () => {
  const { server, send } = await start({ login: { user: 'hub', pass: 'planted-right' } })
  expect(await send()).toMatchObject({ outcome: 'sent' })
  const wrong = await sender({ url: server.url.replace('planted-right', 'planted-wrong') })()
  expect(wrong).toMatchObject({ outcome: 'refused', receipt: { status: 535 } })
  expect(JSON.stringify(wrong)).not.toContain('planted')
})

it('a server that is away has failed for now; without one there is a word about the settings', async () => {
  const { server, send } = await start()
  await server.close()
  expect(await send()).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('cannot be reached') })
  const none = await email(undefined).send(aMessage(), { to: ['a@example.com'] }, wireForTests(), signal)
  expect(none).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('SMTP_URL') })
})

it('ends with the reason of the caller who gives up', async () => {
  const { send } = await start()
  await expect(send(aMessage(), ['a@example.com'], AbortSignal.abort(new Error('the hub stops')))).rejects.toThrow('the hub stops')
})

it('no text makes a header, a recipient or markup', async () => {
  const { server, send } = await start()
  for (const summary of hostileTexts)
    await send(aMessage({ title: summary, items: [anItem({ summary, alert_id: summary })], notes: [summary] }))
  expect(server.mails).toHaveLength(hostileTexts.length)
  for (const { to, raw } of server.mails) {
    expect(to).toEqual(['ops@example.com'])
    expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^bcc:/im)
    expect(raw.split('Content-Type: text/html')[1]).not.toMatch(/<script/i)
  }
})
