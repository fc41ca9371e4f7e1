import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Machine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import type { TimelineRow } from '@signalbox/contract/session-timeline'
import { expect, it, onTestFinished } from 'vitest'
import { startNode } from '../support/child.ts'
import { ClaudeClient } from '../support/claude-client.ts'
import { stretchForLoad } from '../support/machine-load.ts'
import { repositoryRoot } from '../support/repository.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from './box.ts'
import { KEY, startHub } from './hub.ts'

const MACHINE = 'laptop'

function startCollector(folder: string, configDir: string, url: string) {
  const child = startNode([path.join(repositoryRoot, 'apps/collector/src/main.ts')], {
    env: {
      DATA_DIR: path.join(folder, 'collector'),
      CLAUDE_CONFIG_DIR: configDir,
      SIGNALBOX_URL: url,
      CLAUDE_SYNC_API_KEY: KEY,
      MACHINE_ID: MACHINE,
      LIMIT_SOURCES: 'none',
      EXTRA_TRANSCRIPT_DIRS: '',
      REDACT_PROJECTS: '',
    },
  })
  onTestFinished(async () => void (await child.stop('SIGKILL')))
  return child
}

async function ask<T>(url: string, at: string): Promise<T> {
  const response = await fetch(`${url}${at}`, { headers: { authorization: `Bearer ${KEY}` } })
  if (!response.ok) throw new Error(`the hub answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as T
}

it('with nothing installed, every session is on the hub in its state, through an outage of the hub and a kill of the collector', async () => {
  const folder = tempFolder()
  const configDir = path.join(folder, 'claude')
  const hub = await startHub(folder)
  const { port } = new URL(hub.url)
  const client = () => {
    const started = new ClaudeClient({ configDir })
    onTestFinished(() => started.kill())
    return started
  }
  const [working, waiting, killed, exited] = [client(), client(), client(), client()]
  const collector = startCollector(folder, configDir, hub.url)
  const state = async ({ sessionId }: ClaudeClient) => {
    const { status, activity, waiting_for } = await ask<Session>(hub.url, `/sessions/${sessionId}`)
    return [status, activity, waiting_for].filter((part) => part !== undefined).join(' ')
  }
  const isIn = (one: ClaudeClient, wanted: string) =>
    until(
      () => state(one),
      (found) => found === wanted,
    )

  working.status('busy')
  working.prompt('go')
  waiting.status('waiting', 'permission prompt')
  for (const one of [killed, exited]) one.status('idle')
  await isIn(working, 'active working')
  await isIn(waiting, 'active waiting permission')
  await isIn(killed, 'active idle')
  const machine = await until(
    () => ask<Machine>(hub.url, `/machines/${MACHINE}`),
    ({ active_sessions }) => active_sessions.length === 4,
  )
  expect(machine).toMatchObject({ status: 'online', collector: { connected: true, claude_code_versions: ['2.1.332'] } })
  const session = await ask<Session>(hub.url, `/sessions/${working.sessionId}`)
  expect(session).toMatchObject({
    project_id: '/home/ada/engine',
    machine_id: MACHINE,
    claude_code: { pid: working.pid, kind: 'interactive' },
  })

  // The hub is away while everything changes.
  await hub.child.stop('SIGKILL')
  await exited.exit()
  await killed.kill()
  for (const status of ['idle', 'busy', 'waiting', 'busy', 'idle']) {
    working.status(status)
    // A process file has only the newest state.
    await sleep(await stretchForLoad(200))
  }
  const started = client()
  started.status('busy')
  await startHub(folder, port)
  await isIn(exited, 'completed')
  await isIn(killed, 'failed')
  await isIn(working, 'active idle')
  await isIn(waiting, 'active waiting permission')
  await isIn(started, 'active working')
  const timeline = await ask<TimelineRow[]>(hub.url, `/sessions/${working.sessionId}/timeline`)
  const activities = timeline.filter(({ type }) => type === 'session.activity').map(({ to }) => to)
  expect(activities.slice(-5)).toEqual(['idle', 'working', 'waiting', 'working', 'idle'])

  // The collector dies, and says nothing false; the next one knows what has ended meanwhile.
  await collector.stop('SIGKILL')
  await started.kill()
  startCollector(folder, configDir, hub.url)
  await isIn(started, 'failed')
  expect(await state(waiting)).toBe('active waiting permission')
})
