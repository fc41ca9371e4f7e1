// `node test/store/make-fixture.ts VERSION`: a small store of this version, as a backup, in test/store/fixtures/VERSION. A release
// makes one, and every later version has to open it.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { makeBackup } from '../../apps/hub/src/backup/make-backup.ts'
import { createCall, requestHub, sendCalls, startHub } from '../browser/harness.ts'

const [version = ''] = process.argv.slice(2)
if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error('Say the version, such as 0.2.0.')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-fixture-'))
try {
  const dataDir = path.join(folder, 'data')
  fs.mkdirSync(dataDir, { mode: 0o700 })
  const hub = await startHub({ dataDir, env: { ALERTS: 'true' } })
  try {
    await fill(hub)
  } finally {
    await hub.stop()
  }
  const { folder: made } = await makeBackup({ source: { dataDir }, to: path.join(folder, 'backups'), check: true, version })
  const out = path.join(import.meta.dirname, 'fixtures', version)
  fs.rmSync(out, { recursive: true, force: true })
  fs.mkdirSync(out, { recursive: true })
  fs.writeFileSync(path.join(out, 'signalbox.db.gz'), gzipSync(fs.readFileSync(path.join(made, 'signalbox.db')), { level: 9 }))
  fs.copyFileSync(path.join(made, 'manifest.json'), path.join(out, 'manifest.json'))
  console.log(`test/store/fixtures/${version}`)
} finally {
  fs.rmSync(folder, { recursive: true, force: true })
}

/** Something of every noun that a person could miss. */
async function fill(hub: Parameters<typeof requestHub>[0]): Promise<void> {
  const models = ['claude-opus-5', 'claude-haiku-4-5', 'claude-sonnet-4-5']
  const calls = Array.from({ length: 300 }, (_, nth) => {
    const at = new Date(Date.now() - nth * 3_600_000).toISOString()
    return createCall({ at, model: models[nth % models.length]!, output: 100 + nth })
  })
  await sendCalls(hub, 'laptop', calls)
  await requestHub(hub, 'POST', '/machines', { machine_id: 'laptop', hostname: 'laptop', docker_slots: [1, 2] })
  for (const project_id of ['shop', 'blog']) {
    const { session_id } = await requestHub<{ session_id: string }>(hub, 'POST', '/sessions', { project_id, machine_id: 'laptop' })
    await requestHub(hub, 'POST', '/tasks', { session_id, task_name: `Work on ${project_id}` })
    if (project_id === 'blog') await requestHub(hub, 'POST', `/sessions/${session_id}/mark-failed`, { reason: 'It crashed' })
  }
  await requestHub(hub, 'POST', '/api/claude/console-usage', {
    lastUpdated: new Date().toISOString(),
    currentSession: { percentageUsed: 41, resetsAt: new Date(Date.now() + 3_600_000).toISOString() },
    source: 'console',
    machine_id: 'laptop',
  })
  await requestHub(hub, 'POST', '/api/channels', { kind: 'webhook', name: 'Hook', config: { url: 'http://127.0.0.1:9/hook' } })
}
