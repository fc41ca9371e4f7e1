import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FILLER, fillDisk, mayMount, smallDisk } from '../support/small-disk.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from './box.ts'
import { startHubProcess } from './hub-process.ts'

const MiB = 1024 * 1024

describe.skipIf(!mayMount)('a hub whose disk', () => {
  it('is full says so, goes on reading, and writes again when there is room, without a restart', async () => {
    const disk = smallDisk(12 * MiB)
    if (disk === undefined) throw new Error('no small file system could be mounted')
    const hub = await startHubProcess({ DATA_DIR: disk })
    const { body: kept } = await hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
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
    expect((await hub.ask('GET', `/sessions/${kept.session_id}`)).body).toEqual(kept)
    const before = Number((await hub.ask('GET', '/sessions')).headers.get('x-total-count'))
    fs.rmSync(path.join(disk, FILLER))
    expect((await create()).status).toBe(201)
    expect((await hub.ask('GET', '/health')).status).toBe(200)
    // What was refused is not there.
    expect(Number((await hub.ask('GET', '/sessions')).headers.get('x-total-count'))).toBe(before + 1)
    expect((await hub.ask('POST', `/sessions/${kept.session_id}/heartbeat`, {})).status).toBe(200)
  })

  it('lets nothing be written any more says so, goes on reading, and writes again when it may', async ({ skip }) => {
    const folder = tempFolder()
    const hub = await startHubProcess({ DATA_DIR: folder })
    const { body: kept } = await hub.ask('POST', '/sessions', { project_id: 'p', machine_id: 'm' })
    // What is open stays open, and no write arrives any more: as on a disk that the system has made read-only.
    // Not the memory that SQLite shares with other programs, which is no disk.
    const files = ['signalbox.db', 'signalbox.db-wal'].map((name) => path.join(folder, name))
    const mayWrite = (may: boolean): void => {
      execFileSync('chattr', [may ? '-i' : '+i', ...files], { stdio: 'ignore' })
    }
    try {
      mayWrite(false)
    } catch {
      skip('this file system cannot be told so')
    }
    onTestFinished(() => mayWrite(true))
    const beat = () => hub.ask('POST', `/sessions/${kept.session_id}/heartbeat`, {})
    const refused = await beat()
    expect([refused.status, refused.body.error, refused.body.message]).toEqual([
      500,
      'database_error',
      expect.stringMatching(/^The store (is read-only|cannot be written)/),
    ])
    expect((await hub.ask('GET', '/health')).status).toBe(503)
    expect((await hub.ask('GET', `/sessions/${kept.session_id}`)).body).toEqual(kept)
    mayWrite(true)
    expect((await beat()).status).toBe(200)
    expect((await hub.ask('GET', '/health')).status).toBe(200)
  })
})
