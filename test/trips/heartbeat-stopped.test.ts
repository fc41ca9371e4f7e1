import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { startPeer } from '../peers/peer.ts'
import { tempFolder } from '../support/temp.ts'
import { startHubProcess } from './hub-process.ts'

/** Longer than the interval at which a hub that is well asks HEARTBEAT_URL. */
const SILENCE_MS = 75_000

// A hub asks once a minute: too long for every run. `HEARTBEAT_STOPPED=1` runs it.
it.runIf(process.env.HEARTBEAT_STOPPED === '1')(
  'a hub that is stopped as a whole falls silent, and asks again when it goes on',
  async () => {
    const peer = await startPeer(() => ({ status: 200, body: 'OK' }))
    const asked = () => peer.received.map(({ path }) => path)
    const hub = await startHubProcess({ DATA_DIR: tempFolder(), HEARTBEAT_URL: `${peer.url}/ping/abc` })
    await vi.waitFor(() => expect(asked()).toEqual(['/ping/abc/start', '/ping/abc']), { timeout: 60_000 })
    hub.child.process.kill('SIGSTOP')
    const before = asked().length
    await sleep(SILENCE_MS)
    expect(asked()).toHaveLength(before)
    hub.child.process.kill('SIGCONT')
    // It may first say that its monitor stood still.
    await vi.waitFor(() => expect(asked().slice(before)).toContain('/ping/abc'), { timeout: 60_000 })
    await peer.close()
  },
  SILENCE_MS + 180_000,
)
