import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { canMount, FILLER, fillDisk, smallDisk } from '../support/small-disk.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from './box.ts'
import { startHubProcess } from './hub-process.ts'

const MiB = 1024 * 1024

describe.skipIf(!canMount)('a hub whose disk', () => {
  it('is full says so, keeps answering reads, and writes again when there is space, without a restart', async () => {
    const disk = smallDisk(12 * MiB)
    if (disk === undefined) throw new Error('no small file system could be mounted')
    const hub = await startHubProcess({ DATA_DIR: disk })
    const { body: stored } = await hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
    fillDisk(disk)
    const create = () => hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm', metadata: { text: 'x'.repeat(8000) } })
    const refused = await until(create, ({ status }) => status === 500)
    expect(refused.body).toMatchObject({
      error: 'database_error',
      message: 'The disk is full',
      suggestion: expect.stringContaining('Free space'),
    })
    expect((await hub.ask('GET', '/health')).status).toBe(503)
    expect((await hub.ask('GET', '/health/ready')).status).toBe(503)
    expect((await hub.ask('GET', `/sessions/${stored.session_id}`)).body).toEqual(stored)
    const before = Number((await hub.ask('GET', '/sessions')).headers.get('x-total-count'))
    fs.rmSync(path.join(disk, FILLER))
    expect((await create()).status).toBe(201)
    expect((await hub.ask('GET', '/health')).status).toBe(200)
    // The refused sessions were not stored.
    expect(Number((await hub.ask('GET', '/sessions')).headers.get('x-total-count'))).toBe(before + 1)
    expect((await hub.ask('POST', `/sessions/${stored.session_id}/heartbeat`, {})).status).toBe(200)
  })

  it('becomes read-only says so, keeps answering reads, and writes again when it is writable', async ({ skip }) => {
    const folder = tempFolder()
    const hub = await startHubProcess({ DATA_DIR: folder })
    const { body: stored } = await hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
    // Open files stay open and every write fails, as on a disk that the system has remounted read-only.
    // The -shm file is shared memory, not disk, and stays writable.
    const files = ['signalbox.db', 'signalbox.db-wal'].map((name) => path.join(folder, name))
    const setWritable = (writable: boolean): void => {
      execFileSync('chattr', [writable ? '-i' : '+i', ...files], { stdio: 'ignore' })
    }
    try {
      setWritable(false)
    } catch {
      skip('this file system has no immutable flag')
    }
    onTestFinished(() => setWritable(true))
    const sendHeartbeat = () => hub.ask('POST', `/sessions/${stored.session_id}/heartbeat`, {})
    const refused = await sendHeartbeat()
    expect([refused.status, refused.body.error, refused.body.message]).toEqual([
      500,
      'database_error',
      expect.stringMatching(/^The hub database (is read-only|cannot be written)/),
    ])
    expect((await hub.ask('GET', '/health')).status).toBe(503)
    expect((await hub.ask('GET', `/sessions/${stored.session_id}`)).body).toEqual(stored)
    setWritable(true)
    expect((await sendHeartbeat()).status).toBe(200)
    expect((await hub.ask('GET', '/health')).status).toBe(200)
  })
})
