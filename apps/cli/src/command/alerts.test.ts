import fs from 'node:fs'
import path from 'node:path'
import type { Alert } from '@signalbox/contract/alert'
import type { Channel } from '@signalbox/contract/channel'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { makeTempFolder, removeFolder } from '../../../../test/support/temp.ts'
import { type AlertPeer, openAlertPeer } from '../../../hub/test/alert-peer.ts'
import { type HubFixture, linesOf, shareHubFixture } from '../hub.suite.ts'
import { widthOf } from '../width.ts'

/** A hub that judges and sends by itself, with a channel and an alert that was sent through it. */
async function fill(fixture: HubFixture) {
  const { hub, client } = fixture
  const { alerts } = hub.app
  await alerts.prepare()
  const stop = hub.store.events.listen((events) => void alerts.worker.noteEvents(events))
  /** Does what there is to do at this instant, until there is nothing left. */
  const work = async () => {
    for (let rounds = 0; rounds < 20; rounds++) {
      await alerts.worker.step()
      await alerts.sender.idle()
    }
  }
  const fail = async (reason: string) => {
    const { session_id } = await client.createSession({ project_id: 'shop', machine_id: 'laptop' })
    await client.markSessionFailed(session_id, { reason })
    await work()
    return session_id
  }
  await client.createChannel({ kind: 'webhook', name: 'Team', config: { url: peer.url } })
  const session = await fail('out of memory')
  hub.clock.pass(20_000)
  await work()
  return { ...fixture, stop, work, fail, session }
}

let peer: AlertPeer
const folder = makeTempFolder()
beforeAll(async () => {
  peer = await openAlertPeer()
})
const shared = shareHubFixture(fill)
afterAll(async () => {
  shared().stop()
  await peer.close()
  removeFolder(folder)
})

test('alerts are listed and shown with who was notified; --json prints the answer of the hub', async () => {
  const { run, json, client, session } = shared()
  const [alert] = await client.listAlerts()
  expect(await json(['alerts'])).toEqual(await client.listAlerts())
  expect(await json(['alerts', 'list', '--open', '--severity', 'critical'])).toEqual([])
  expect(await json(['alert', 'list', '--kind', 'session_failed', '--session', session])).toHaveLength(1)
  const listed = await run(['alerts', 'list', '--open'], { COLUMNS: '100' })
  expect(linesOf(listed.stdout)).toHaveLength(1)
  for (const line of listed.stdout.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(100)
  const shown = await run(['alerts', 'show', alert!.alert_id.slice(2, 8)])
  expect(shown.stdout).toMatch(/Reason +out of memory\n/)
  expect(shown.stdout).toMatch(/Team +Opened +accepted \(204\)/)
  expect(await json(['alerts', 'show', alert!.alert_id])).toEqual(await client.getAlert(alert!.alert_id))
  expect((await run(['alerts', 'list', '--machine', 'none'])).stdout).toContain('No alerts match --machine none')
  expect(await run(['alerts', 'show', 'zzzz'])).toMatchObject({ code: 1, stderr: expect.stringContaining('`signalbox alerts list` shows') })
  expect((await run(['alerts', 'show', alert!.alert_id.slice(2, 4)])).stderr).toContain('Of an id, type at least four characters.')
  expect((await run(['alerts', 'list', '--open', '--state', 'closed'])).code).toBe(2)
})

test('an alert is acknowledged, snoozed and closed, and each is undone', async () => {
  const { run, json, fail, client } = shared()
  await fail('disk full')
  const [{ alert_id: id } = {} as Alert] = await client.listAlerts({ state: 'open' })
  expect((await run(['alerts', 'ack', id, '--note', 'on it'])).stdout).toContain(`${id} is acknowledged: `)
  expect(await json(['alerts', 'unack', id])).not.toHaveProperty('acknowledged')
  expect((await run(['alerts', 'snooze', id, '--for', '4h', '--until-changed'])).stdout).toContain('is snoozed until ')
  expect((await run(['alerts', 'snooze', id, '--for', '4h', '--until', '2100-01-01'])).code).toBe(2)
  expect(await run(['alerts', 'snooze', id, '--for', '4h', '--end'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--end and --for exclude each other'),
  })
  expect((await run(['rules', 'snooze', 'session_failed', '--until', '2100-01-01', '--end'])).code).toBe(2)
  expect((await run(['alerts', 'snooze', id, '--for', 'soon'])).stderr).toContain('such as 30m')
  expect((await run(['alerts', 'snooze', id, '--end'])).stdout).toContain('is open')
  expect((await run(['alerts', 'close', id, '--note', 'tidied up'])).stdout).toContain('is closed')
  expect(await run(['alerts', 'ack', id])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('`signalbox alerts list --open` shows'),
  })
})

test('all messages are paused with an end, and watch prints what happens', async () => {
  const { run, json, start, fail } = shared()
  expect((await run(['alerts', 'pause', '--for', '2h', '--reason', 'maintenance'])).stdout).toContain('signalbox alerts resume')
  expect(await json(['alerts', 'resume'])).not.toHaveProperty('paused')
  const watching = start(['alerts', 'watch', '--json'])
  await watching.output(/Watching/)
  await fail('killed')
  const [, line = ''] = await watching.output(/^(\{.*"alert\.opened".*\})$/m)
  expect(JSON.parse(line)).toMatchObject({ event: 'alert.opened', data: { kind: 'session_failed', severity: 'warning' } })
  expect(await watching.stop('SIGINT')).toMatchObject({ code: 0 })
  const after = start(['alerts', 'watch', '--after', '0'])
  await after.output(/opened +warning +Session .* has failed: out of memory/)
})

test('a channel is added with its secret, tested, renamed, switched off and removed', async () => {
  const { run, json } = shared()
  const added = await json<Channel & { id: string; secret: string }>([
    'channels',
    'add',
    'webhook',
    '--url',
    peer.url,
    '--name',
    'ci',
    '--quiet',
    'mon-fri 22:00-07:00',
  ])
  expect(added).toMatchObject({ id: added.channel_id, kind: 'webhook', name: 'ci', secret: expect.stringMatching(/^whsec_/) })
  expect(added.quiet_hours).toMatchObject([{ from: '22:00', to: '07:00', days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] }])
  const token = path.join(folder, 'token')
  fs.writeFileSync(token, '123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw\n')
  const second = await run(['channels', 'add', 'webhook', '--url', peer.url, '--name', 'signed'])
  expect(second).toMatchObject({
    stdout: expect.stringMatching(/^c_\S+\n$/),
    stderr: expect.stringMatching(/shown only once: whsec_\S+\n/),
  })
  await run(['channels', 'remove', 'signed', '--yes'])
  const chat = await run(['channels', 'add', 'telegram', '--bot-token', `@${token}`, '--chat-id', '-1001234', '--off'])
  expect(chat).toMatchObject({ code: 0, stdout: expect.stringMatching(/^c_\S+\n$/) })
  expect(await json<Channel[]>(['channels'])).toMatchObject([
    { name: 'ci' },
    { name: 'Team' },
    { name: 'Telegram', state: 'off', config: { chat_id: '-1001234', bot_token: '…' } },
  ])
  expect((await run(['channels', 'test', 'ci'])).stdout).toMatch(/^ci: accepted \(204\), \d+ ms\n$/)
  peer.answers.push(503)
  expect(await run(['channels', 'test', 'ci'])).toMatchObject({ code: 1, stdout: expect.stringContaining('not accepted') })
  peer.answers.push(503)
  const refused = await run(['channels', 'add', 'webhook', '--url', peer.url, '--name', 'other', '--test'])
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('No channel was created.') })
  expect(await run(['channels', 'add', 'webhook', '--url', 'ftp://x', '--name', 'other'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(
      'Address (--url) must be an http or https address without user and password. `signalbox channels add webhook --help`',
    ),
  })
  expect((await run(['channels', 'add', 'webhook', '--url', peer.url, '--name', 'CI'])).stderr).toMatch(
    /a channel named ci already\. Choose/,
  )
  expect((await run(['channels', 'rename', 'ci', 'build'])).stdout).toContain('is build now')
  expect((await run(['channels', 'disable', 'build'])).stdout).toBe('build is switched off.\n')
  expect((await run(['channels', 'messages', 'build'])).stdout).toContain('Nothing was sent through build yet')
  expect(linesOf((await run(['channels', 'messages', 'team'])).stdout).length).toBeGreaterThan(0)
  expect((await run(['channels', 'remove', 'build'])).code).toBe(2)
  expect((await run(['channels', 'remove', 'build', '--yes'])).stdout).toBe('build is removed.\n')
  expect(await run(['channels', 'add', 'webhook'])).toMatchObject({ code: 2, stderr: expect.stringContaining('needs --url') })
  expect((await run(['channels', 'add', 'slack', '--help'])).stdout).toContain('--server <name>')
  await run(['channels', 'remove', 'telegram', '--yes'])
})

test('a channel is shown and changed: what is not given stays, its secrets too', async () => {
  const { run, json, client } = shared()
  const other = await openAlertPeer()
  onTestFinished(() => other.close())
  const add = ['channels', 'add', 'webhook', '--url', peer.url, '--name', 'hook', '--quiet', '22:00-07:00', '--quiet-zone', 'UTC']
  const { secret } = await json<{ secret: string }>(add)
  const set = (...options: string[]) => run(['channels', 'set', 'hook', ...options])
  const shown = async () => (await run(['channels', 'show', 'hook'])).stdout
  expect(await shown()).toMatch(/Quiet hours +22:00-07:00 UTC\nIn quiet hours +critical alerts are sent\n/)
  expect(
    await set('--quiet', 'sat,sun 00:00-00:00', '--quiet-zone', 'Asia/Tokyo', '--lets-through', 'none', '--action-links'),
  ).toMatchObject({
    stdout: expect.stringMatching(/^hook is changed\. To see it: signalbox channels show c_/),
  })
  const text = await shown()
  expect(text).toMatch(/Quiet hours +sat,sun 00:00-00:00 Asia\/Tokyo\nIn quiet hours +nothing is sent\nAction links +yes/)
  expect(text).not.toContain(secret)
  expect(await json(['channels', 'show', 'hook'])).toMatchObject({ config: { url: peer.url, secret: '…' } })
  // A caller who changes the address would get the secret with the next message.
  expect(await set('--url', other.url)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Signing secret (--secret) must be given anew, because the address has changed.'),
  })
  peer.answers.push(503)
  expect(await set('--authorization', 'Bearer x', '--test')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Nothing was changed.'),
  })
  expect(await json(['channels', 'show', 'hook'])).not.toHaveProperty('config.authorization')
  expect((await set('--url', other.url, '--secret', secret, '--no-quiet', '--no-action-links', '--name', 'moved')).stdout).toMatch(
    /^moved is /,
  )
  const moved = await json<Channel>(['channels', 'show', 'moved'])
  expect(moved).toMatchObject({ name: 'moved', quiet_hours: [], lets_through: 'none', action_links: false, config: { url: other.url } })
  expect((await client.testChannel(moved.channel_id)).outcome).toBe('sent')
  expect(other.accepted()).toHaveLength(1)
  for (const [options, problem] of [
    [[], 'nothing to change'],
    [['--topic', 'x'], 'of the kind webhook has no --topic'],
    [['--url', ''], '--url must not be empty'],
    [['--url', 'ftp://x', '--secret', secret], 'Address (--url) must be an http or https address'],
  ] as const)
    expect(await run(['channels', 'set', 'moved', ...options])).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) })
  await run([
    'channels',
    'add',
    'pushover',
    '--app-token',
    'a'.repeat(30),
    '--user-key',
    'u'.repeat(30),
    '--name',
    'pager',
    '--emergency',
    '--off',
  ])
  expect(await json(['channels', 'set', 'pager', '--no-emergency', '--device', 'phone', '--retry-s', '90'])).toMatchObject({
    state: 'off',
    config: { emergency: false, device: 'phone', retry_s: 90 },
  })
  expect(await json(['channels', 'set', 'pager', '--device', ''])).not.toHaveProperty('config.device')
  expect((await run(['channels', 'set', 'pager', '--retry-s', 'often'])).stderr).toContain('--retry-s must be a number of seconds')
  for (const name of ['moved', 'pager']) await run(['channels', 'remove', name, '--yes'])
})

test('rules are listed, added, changed, previewed, switched off and removed', async () => {
  const { run, json, client } = shared()
  expect(await json(['rules'])).toEqual(await client.listAlertRules())
  expect((await run(['rules', 'show', 'session_waiting'])).stdout).toMatch(/When +Waiting for longer than 10 min\n/)
  const set = ['rules', 'set', 'session_waiting', '--after', '5m', '--channels', 'Team', '--remind', '30m', '--escalate', '1h=all']
  expect(await json(set)).toMatchObject({
    parameters: { after_ms: 300_000 },
    repeat_ms: 1_800_000,
    escalate: [{ after_ms: 3_600_000, channels: 'all' }],
  })
  expect(await json(['rules', 'set', 'session_waiting', '--no-remind', '--no-escalate', '--channels', 'none'])).toMatchObject({
    escalate: [],
    channels: [],
  })
  expect((await run(['rules', 'set', 'session_waiting', '--percent', '3'])).stderr).toContain('has no --percent')
  expect((await run(['rules', 'add', 'budget', '--amount', '200'])).stderr).toContain('needs --period')
  const budget = ['rules', 'add', 'budget', '--amount', '200', '--period', 'month', '--project', 'shop-*', '--name', 'Shop']
  expect((await run([...budget, '--preview'])).stdout).toContain('It holds for nothing now.')
  const created = await run(budget)
  expect(created).toMatchObject({ code: 0, stderr: 'Shop is on.\n' })
  expect(await json(['rules', 'show', 'shop'])).toMatchObject({
    filter: { project_id: ['shop-*'] },
    parameters: { amount_usd: 200, period: 'month' },
  })
  expect(await json(['rules', 'set', 'shop', '--machine', 'box'])).toMatchObject({
    filter: { project_id: ['shop-*'], machine_id: ['box'] },
  })
  expect(await json(['rules', 'set', 'shop', '--project', ''])).toMatchObject({ filter: { machine_id: ['box'] } })
  expect(await json(['rules', 'show', 'shop'])).not.toHaveProperty('filter.project_id')
  expect((await run(['rules', 'preview', 'session_failed'])).stdout).toMatch(/it would have opened/)
  expect((await run(['rules', 'disable', 'shop'])).stdout).toBe('Shop is off.\n')
  expect((await run(['rules', 'snooze', 'session_failed', '--for', '1h'])).stdout).toMatch(
    /notifies no one until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\n/,
  )
  expect((await run(['rules', 'snooze', 'session_failed', '--end'])).stdout).toContain('notifies again')
  expect((await run(['rules', 'remove', created.stdout.trim(), '--yes'])).stdout).toBe('Shop is removed.\n')
})
