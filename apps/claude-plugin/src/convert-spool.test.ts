import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { run } from '../../../test/support/child.ts'
import { tempFolder } from '../../../test/support/temp.ts'
import { convertSpool, isSpoolEmpty, sweep } from './convert-spool.ts'
import { openDataFolder } from './data-folder.ts'
import { PluginHome, pluginRoot } from './plugin-process-fixture.ts'
import { formatSpoolHeader } from './spooled-event.ts'
import { UploadQueue } from './upload-queue.ts'

const uuid = randomUUID()

it('what is old is removed where the plugin wrote it; files of others stay, however old', () => {
  const folder = openDataFolder(tempFolder())
  const ours = [
    'lock.4711.0.part',
    'contact.json.4711.12.part',
    'sender.4711.part',
    'spool/4711.part',
    'spool/4711--.part',
    'spool/4711-1795955132842.part',
    'spool/4711.observation.4711.3.part',
    'queue/001795955132842-000001-4711.jsonl.4711.2.part',
    `alive/${uuid}.json.4711.0.part`,
    'clients/4711.json',
    'clients/4711.json.4711.0.part',
    `memory/${uuid}.json`,
    `memory/${uuid}.json.4711.0.part`,
  ]
  const others = [
    'film.part',
    'setup.exe.part',
    'spool/film.part',
    'spool/4711.event',
    'queue/001795955132842-000001-4711.jsonl',
    'clients/notes.json',
    'memory/MEMORY.md',
    'memory/notes.json',
    `memory/${uuid}.txt`,
  ]
  for (const name of [...ours, ...others]) {
    fs.writeFileSync(path.join(folder.root, name), '')
    fs.utimesSync(path.join(folder.root, name), 0, 0)
  }
  fs.mkdirSync(path.join(folder.memory, `${randomUUID()}.json`))
  fs.symlinkSync('loop', path.join(folder.memory, 'loop'))
  sweep(folder, Date.now())
  const left = [...ours, ...others].filter((name) => fs.existsSync(path.join(folder.root, name)))
  expect(left).toEqual(others)
})

it.skipIf(process.platform === 'win32')('a link in the place of one of the folders is refused, and nothing behind it changes', async () => {
  for (const name of ['spool', 'memory']) {
    const home = new PluginHome('http://127.0.0.1:9')
    const foreign = path.join(home.folder, 'foreign')
    fs.mkdirSync(foreign)
    fs.writeFileSync(path.join(foreign, `${uuid}.json`), 'mine')
    fs.utimesSync(path.join(foreign, `${uuid}.json`), 0, 0)
    fs.mkdirSync(home.data)
    fs.symlinkSync(foreign, path.join(home.data, name))
    expect(() => openDataFolder(home.data)).toThrow('is a link')
    expect(await home.hook({ session_id: uuid, hook_event_name: 'Stop' })).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const report = await run(process.execPath, [path.join(pluginRoot, 'dist/report.mjs'), home.data], { env: { PATH: home.env.PATH } })
    expect(report).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(`${name} is a link`) })
    expect(fs.readdirSync(foreign)).toEqual([`${uuid}.json`])
  }
})

it('what cannot be remembered is not queued either, so that the next attempt adds nothing twice', () => {
  const folder = openDataFolder(tempFolder())
  const queue = new UploadQueue(folder)
  const header = formatSpoolHeader({
    clientPid: '4711',
    parentPid: 4710,
    entrypoint: 'cli',
    sessionKind: '',
    projectFolder: '/home/dev/work',
  })
  const event = { session_id: uuid, hook_event_name: 'UserPromptSubmit', prompt_id: 'p1' }
  fs.writeFileSync(path.join(folder.spool, '4711.event'), header + JSON.stringify(event))
  const convert = () => convertSpool(folder, queue, { now: Date.now(), redact: false })
  // As with a full disk, here the folder can take no file.
  fs.rmdirSync(folder.memory)
  expect(convert).toThrow()
  expect(convert).toThrow()
  expect([queue.isEmpty, isSpoolEmpty(folder)]).toEqual([true, false])
  fs.mkdirSync(folder.memory)
  fs.rmdirSync(folder.queue)
  fs.writeFileSync(folder.queue, '')
  expect(convert).toThrow()
  expect(fs.readdirSync(folder.memory)).toEqual([])
  fs.rmSync(folder.queue)
  fs.mkdirSync(folder.queue)
  expect(convert()).toBe(1)
  expect(queue.oldest()?.observations).toHaveLength(1)
  expect(isSpoolEmpty(folder)).toBe(true)
})
