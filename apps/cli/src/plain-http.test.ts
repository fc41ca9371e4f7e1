import { expect, it } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { runCommand } from './cli.suite.ts'
import { openHubFixture, RealClock } from './hub.suite.ts'

const WARNING = 'is plain http: others on the network can read the key'

/** A hub on this machine at an address that is not known to lead to it, and that no other machine can ask for. */
async function openFarHub() {
  const hub = await openHubFixture({ clock: new RealClock() })
  return { near: hub.env, far: { ...hub.env, SIGNALBOX_URL: hub.url.replace('127.0.0.1', '0.0.0.0') } }
}

it.skipIf(process.platform === 'win32')(
  'a command on a terminal warns once of a hub whose requests others can read, and one in a script does not',
  async () => {
    const { near, far } = await openFarHub()
    const list = async (env: Record<string, string>, isTTY: boolean) => runCommand(tempFolder(), ['sessions', 'list'], env, { isTTY })
    const warned = await list(far, true)
    expect([warned.code, warned.stderr.split(WARNING).length]).toEqual([0, 2])
    expect(warned.stderr).toContain(`signalbox: warning: ${far.SIGNALBOX_URL} ${WARNING}`)
    for (const [env, isTTY] of [
      [far, false],
      [near, true],
    ] as const) {
      const { code, stderr } = await list(env, isTTY)
      expect([code, stderr]).toEqual([0, ''])
    }
  },
)

it.skipIf(process.platform === 'win32')('doctor warns of it, and says what to do', async () => {
  const { near, far } = await openFarHub()
  const about = async (env: Record<string, string>) => {
    const { stdout } = await runCommand(tempFolder(), ['doctor', '--json'], env)
    const { findings } = JSON.parse(stdout) as { findings: { about: string; state: string; text: string; advice?: string }[] }
    return findings.filter(({ about }) => about === 'Hub')
  }
  expect(await about(far)).toEqual([
    expect.objectContaining({ state: 'ok' }),
    {
      about: 'Hub',
      state: 'warn',
      text: expect.stringContaining(WARNING),
      advice: 'Put a proxy with https before the hub: docs/proxy.md.',
    },
  ])
  expect(await about(near)).toEqual([expect.objectContaining({ state: 'ok' })])
})

it('connect warns of it before it exchanges the code', async () => {
  const connect = (url: string) => runCommand(tempFolder(), ['connect', url, 'K7QX-2MPD', '--dry-run'])
  const warned = await connect('http://hub.corp.example')
  expect([warned.code, warned.stderr]).toEqual([0, expect.stringMatching(`^signalbox: warning: http://hub\\.corp\\.example ${WARNING}`)])
  expect(await connect('https://hub.corp.example')).toMatchObject({ code: 0, stderr: '' })
})
