import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Alert, AlertDetail } from '@signalbox/contract/alert'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type AlertHub, openAlertHub } from '../../test/alert-hub.ts'

async function failSession({ fleet }: AlertHub): Promise<void> {
  const { session_id } = await fleet.session({ project_id: 'shop', machine_id: 'laptop' })
  await fleet.ok('POST', `/sessions/${session_id}/mark-failed`, { reason: 'out of memory' })
}

async function onlyAlert({ hub }: AlertHub): Promise<AlertDetail> {
  const [alert] = (await hub.ask('GET', '/api/alerts')).json() as Alert[]
  return (await hub.ask('GET', `/api/alerts/${alert!.alert_id}`)).json() as AlertDetail
}

it('the outcome of an attempt waits in memory while the hub database is away', async () => {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
  const requests: http.ServerResponse[] = []
  const server = http.createServer((request, response) => {
    request.resume()
    requests.push(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await one.channel({ config: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` } })
  await failSession(one)
  await one.hub.app.alerts.worker.step()
  await vi.waitFor(() => expect(requests).toHaveLength(1), { timeout: 20_000 })
  const file = path.join(one.hub.folder, 'signalbox.db')
  fs.renameSync(file, `${file}.away`)
  requests[0]!.end('ok')
  await vi.waitFor(() => expect(one.hub.log.some(({ msg }) => msg === 'the outcome of a message waits for the hub database')).toBe(true), {
    timeout: 20_000,
  })
  fs.renameSync(`${file}.away`, file)
  await one.hub.app.alerts.sender.idle()
  const { messages } = await onlyAlert(one)
  expect(messages).toMatchObject([{ state: 'sent', attempts: [{ n: 1, outcome: 'sent' }] }])
  await one.pass(60_000, 30_000)
  expect(requests).toHaveLength(1)
})

it('an attempt of a hub that died is unknown, and made again under the same id', async () => {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
  await one.channel()
  await failSession(one)
  await one.work()
  const [message] = await one.hub.store.alerts.findMessages([one.peer.received[0]!.id])
  // As a hub leaves it that is killed after it has sent.
  const interrupted = {
    ...message!,
    state: 'sending' as const,
    next_at: one.hub.clock.now() + 1_000,
    attempts: [{ n: 1, started_at: one.hub.clock.now(), hub: 'another' }],
    revision: message!.revision + 1,
  }
  await one.hub.store.alerts.putMessage(interrupted)
  await one.pass(2_000)
  expect(one.peer.received.map(({ id }) => id)).toEqual([message!.message_id, message!.message_id])
  const [repeated] = await one.hub.store.alerts.findMessages([message!.message_id])
  expect(repeated).toMatchObject({ state: 'sent', may_be_repeat: false, attempts: [{ outcome: 'unknown' }, { n: 2, outcome: 'sent' }] })
})

it('one channel that hangs keeps no other one waiting', async () => {
  const one = await openAlertHub({ env: { ALERT_GROUP_MS: '0' } })
  const hanging = http.createServer(() => {})
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    hanging.closeAllConnections()
    hanging.close()
  })
  await one.channel({ name: 'A', config: { url: `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/` } })
  await one.channel({ name: 'B' })
  await failSession(one)
  await one.hub.app.alerts.worker.step()
  await one.hub.app.alerts.worker.step()
  await vi.waitFor(() => expect(one.peer.accepted()).toHaveLength(1), { timeout: 20_000 })
})
