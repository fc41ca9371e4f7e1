import type { DesktopNotice } from '@signalbox/contract/desktop-notice'
import { expect, it } from 'vitest'
import { aMessage, anItem } from '../../../../../test/peers/message.ts'
import { wireForTests } from '../../../../../test/peers/peer-wire.ts'
import { desktop } from './desktop.ts'

const { signal } = new AbortController()

function start(machines: readonly string[]) {
  const shown: { notice: DesktopNotice; machineId: string | undefined }[] = []
  const kind = desktop({
    show: async (notice, machineId) => {
      shown.push({ notice, machineId })
      return machines
    },
  })
  return { shown, send: (message = aMessage(), config = {}) => kind.send(message, config, wireForTests(), signal) }
}

it('hands a notice to the machine, with the tag of its alert', async () => {
  const { shown, send } = start(['laptop'])
  expect(await send(aMessage(), { machine_id: 'laptop' })).toEqual({ outcome: 'sent', receipt: { said: 'Shown on laptop' } })
  expect(shown).toMatchObject([{ machineId: 'laptop', notice: { notice_id: aMessage().id, tag: 'a_3f9a1c20b7d4', severity: 'critical' } }])
})

it('says that no one is there', async () => {
  const { send } = start([])
  expect(await send()).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('No machine shows notifications') })
  expect(await send(aMessage(), { machine_id: 'laptop' })).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('laptop') })
})

it('what is over is not urgent', async () => {
  const { shown, send } = start(['laptop'])
  await send(aMessage({ items: [anItem({ what: 'closed' })] }))
  expect(shown).toMatchObject([{ notice: { severity: 'info' } }])
})
