import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startMessagesApi } from '../support/messages-api.ts'
import { tempFolder } from '../support/temp.ts'
import { Checker } from './board/checker.ts'
import { compareTimelines } from './board/compare-timelines.ts'
import { install } from './board/installation.ts'
import { ShownSessions } from './board/shown-sessions.ts'
import { TrueSessions } from './board/true-sessions.ts'

// The proof must find a board that is wrong. Here the "client" is a sleeping process with a process file written by the test.

const sessionId = '0d1c9d5e-1f5a-4a39-9d3e-6f2f0c1d2e3f'

async function openScene() {
  const folder = tempFolder()
  const config = path.join(folder, '.claude')
  fs.mkdirSync(path.join(config, 'sessions'), { recursive: true })
  const api = await startMessagesApi()
  const installation = await install({ folder, configs: [config] })
  const shown = new ShownSessions(() => installation.url, installation.key)
  const truth = new TrueSessions(config, api)
  // A machine that does other work too may take its time, until the test has broken the board: then nothing can become right.
  const limits = { state: 60_000, failed: 60_000, facts: 60_000, outage: 60_000 }
  const checker = new Checker({ truth, shown, limits, branchOf: () => 'main', isStretched: false })
  checker.start()
  const client = spawn('sleep', ['100'])
  await once(client, 'spawn')
  onTestFinished(async () => {
    client.kill('SIGKILL')
    await checker.stop()
    await installation.stop()
    await api.stop()
  })
  const file = path.join(config, 'sessions', `${client.pid}.json`)
  const stat = fs.existsSync(`/proc/${client.pid}/stat`) ? fs.readFileSync(`/proc/${client.pid}/stat`, 'utf8') : ''
  const procStart = stat === '' ? {} : { procStart: stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] }
  const write = (status: string, more: object = {}) => {
    const at = Date.now()
    const content = { pid: client.pid, sessionId, cwd: folder, startedAt: at, version: '2.1.332', kind: 'interactive', entrypoint: 'cli' }
    fs.writeFileSync(file, JSON.stringify({ ...content, ...procStart, status, statusUpdatedAt: at, updatedAt: at, ...more }))
  }
  /** Ends the collector without a word to the checker. */
  const breakBoard = async () => {
    await installation.stopCollector('SIGKILL')
    Object.assign(limits, { state: 1_500, failed: 2_500, facts: 3_000 })
  }
  return { installation, shown, checker, client, file, write, breakBoard }
}

test('changes that reach the board are counted with their latency, up to the death of the client', async () => {
  const { checker, client, write, shown } = await openScene()
  for (const [status, more] of [['idle'], ['busy'], ['waiting', { waitingFor: 'permission prompt' }]] as [string, object?][]) {
    const count = () => checker.shownChanges.filter(({ aspect }) => aspect === 'state').length
    const before = count()
    write(status, more)
    await expect.poll(count).toBeGreaterThan(before)
  }
  client.kill('SIGKILL')
  await expect.poll(() => checker.shownChanges.find(({ aspect }) => aspect === 'failed')?.sessionId).toBe(sessionId)
  expect(checker.shownChanges.filter(({ aspect }) => aspect !== 'facts').map(({ what }) => what)).toEqual([
    'idle',
    'working',
    'waiting permission',
    'failed',
  ])
  expect(checker.wrong).toEqual([])
  expect(await compareTimelines(checker.changes, shown, [])).toEqual([])
})

test('a board that no longer follows is found wrong, with the field, and a state that it missed is missing in the timeline', async () => {
  const { checker, breakBoard, write, shown } = await openScene()
  write('idle')
  await expect.poll(() => checker.shownChanges.map(({ what }) => what)).toContain('idle')
  await breakBoard()
  write('busy')
  await expect.poll(() => checker.wrong).not.toEqual([])
  expect(checker.wrong[0]).toMatchObject({
    sessionId,
    what: 'working',
    differences: [{ field: 'activity', truth: 'working', shown: 'idle' }],
  })
  expect(await compareTimelines(checker.changes, shown, [])).toMatchObject([{ sessionId, what: 'working' }])
})

test('a board that follows after the limit is late, and what it showed until then was true before', async () => {
  const { checker, breakBoard, installation, write } = await openScene()
  write('idle')
  await expect.poll(() => checker.shownChanges.map(({ what }) => what)).toContain('idle')
  await breakBoard()
  write('busy')
  // Longer than the limit, and less than what makes it wrong.
  await sleep(3_000)
  await installation.startCollector()
  await expect.poll(() => checker.late, { timeout: 9_000 }).toMatchObject([{ sessionId, what: 'working' }])
  expect(checker.late[0]?.afterMs).toBeGreaterThan(1_500)
  expect(checker.wrong).toEqual([])
})

test('a session that ends unnoticed, and one that never was, are found', async () => {
  const { checker, breakBoard, installation, client, write } = await openScene()
  write('idle')
  await expect.poll(() => checker.shownChanges.map(({ what }) => what)).toContain('idle')
  await breakBoard()
  client.kill('SIGKILL')
  const created = await fetch(`${installation.url}/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${installation.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ project_id: 'p', machine_id: 'm' }),
  })
  expect(created.status).toBe(201)
  await expect.poll(() => checker.wrong.map(({ what }) => what).sort()).toEqual(['a session that never was', 'failed'])
})
