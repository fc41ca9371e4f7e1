import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { run } from '../../../test/support/child.ts'
import { realTranscripts } from '../../../test/support/real-transcripts.ts'
import { type Expected, writeCorpus, writeTranscripts } from '../../../test/support/transcripts.ts'
import type { Ledger } from './ledger.ts'
import { callLine, ledgerFixture, lines, slicesFromCalls } from './ledger-fixture.ts'

function expectTotals(ledger: Ledger, expected: Expected): void {
  const report = ledger.report({ group: 'day', timezone: 'UTC' })
  const days = Object.fromEntries(
    report.rows.flatMap(({ day, models }) =>
      models.map(({ model, calls, input, output, write_5m, write_1h, read }) => [
        `${day} ${model}`,
        { calls, input, output, write5m: write_5m, write1h: write_1h, read },
      ]),
    ),
  )
  expect(days).toEqual(expected.days)
  const { calls, input, output, write_5m, write_1h, read } = report.totals
  expect({ calls, input, output, write5m: write_5m, write1h: write_1h, read }).toEqual(expected.totals)
}

const program = path.join(import.meta.dirname, 'refresh-child.fixture.ts')
const real = realTranscripts()

test.skipIf(real === undefined).each([1, 2, 3])(
  'the real transcripts give the expected totals to the token, on %i threads',
  async (threads) => {
    const { ledger } = ledgerFixture()
    await ledger.refresh({ roots: [path.join(real!.folder, 'projects')], threads })
    expectTotals(ledger, real!.expected)
  },
)

test('generated transcripts of every shape give the expected totals, call by call', async () => {
  for (const seed of [1, 2]) {
    const { ledger, folder, calls, dataDir, content } = ledgerFixture()
    const made = writeTranscripts(folder, { seed, calls: 300, longLines: 2 })
    const summary = await ledger.refresh({ roots: [path.join(folder, 'projects')], threads: seed })
    expect(summary).toMatchObject({ files: made.files.length, calls_new: made.calls.length, bad_lines: made.badLines, problems: [] })
    expectTotals(ledger, made.expected)
    const byKey = new Map(calls().map((call) => [call.key, call]))
    for (const { key, ...expected } of made.calls) {
      const call = byKey.get(key)
      const defaults = { session_id: '', cwd: '', web_searches: 0, speed: '', service_tier: '', inference_geo: '' }
      expect({ ...defaults, ...call }).toMatchObject(expected)
    }
    expect(content().slices).toEqual(slicesFromCalls(dataDir))
  }
})

test('only appended content is read', async () => {
  const { write, append, refresh, calls } = ledgerFixture()
  const first = lines(callLine({ id: 'msg_a' }), callLine({ id: 'msg_b' }))
  write('p/s.jsonl', first)
  expect(await refresh()).toMatchObject({ files: 1, files_read: 1, bytes_read: first.length, calls_new: 2 })
  expect(await refresh()).toMatchObject({ files: 1, files_read: 0, bytes_read: 0, calls_new: 0 })
  const more = lines(callLine({ id: 'msg_c' }), callLine({ id: 'msg_b', output: 99 }))
  append('p/s.jsonl', more)
  expect(await refresh()).toMatchObject({ files_read: 1, bytes_read: more.length, calls_new: 1, calls_improved: 1 })
  expect(calls().map(({ key, output }) => [key, output])).toEqual([
    ['msg_a', 10],
    ['msg_b', 99],
    ['msg_c', 10],
  ])
})

test('an incomplete line is read when it is complete', async () => {
  const { write, append, refresh, calls } = ledgerFixture()
  const line = callLine({ id: 'msg_b' })
  write('s.jsonl', lines(callLine({ id: 'msg_a' })) + line.slice(0, 200))
  expect(await refresh()).toMatchObject({ calls_new: 1, bad_lines: 0 })
  append('s.jsonl', line.slice(200, 300))
  expect(await refresh()).toMatchObject({ calls_new: 0, bad_lines: 0 })
  append('s.jsonl', `${line.slice(300)}\n`)
  expect(await refresh()).toMatchObject({ calls_new: 1, bad_lines: 0 })
  expect(calls()).toHaveLength(2)
})

test('a complete object at the end counts before its newline is written, and only once after', async () => {
  const { write, append, refresh, calls } = ledgerFixture()
  write('s.jsonl', callLine({ id: 'msg_a' }))
  expect(await refresh()).toMatchObject({ calls_new: 1 })
  // A missing newline: the next object begins right after the first.
  append('s.jsonl', callLine({ id: 'msg_b' }))
  expect(await refresh()).toMatchObject({ calls_new: 1 })
  append('s.jsonl', '\n')
  expect(await refresh()).toMatchObject({ calls_new: 0, bad_lines: 0 })
  expect(calls()).toHaveLength(2)
})

test('half a subagent call at the end does not count as a call of its own', async () => {
  const { write, append, refresh, calls } = ledgerFixture()
  const message = JSON.parse(callLine({ id: 'msg_a' }))
  const line = JSON.stringify({ type: 'progress', sessionId: 'outer', cwd: '/outer', data: { message, prompt: 'words' } })
  const cut = line.indexOf(',"prompt"')
  write('s.jsonl', line.slice(0, cut))
  expect(await refresh()).toMatchObject({ calls_new: 0 })
  append('s.jsonl', `${line.slice(cut)}\n`)
  expect(await refresh()).toMatchObject({ calls_new: 1, bad_lines: 0 })
  expect(calls()[0]).toMatchObject({ session_id: 'outer', cwd: '/outer', is_sidechain: true })
})

test('a file that shrank is read again from its start, and its removed calls stay in the ledger', async () => {
  const { write, refresh, calls } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' }), callLine({ id: 'msg_b' }), callLine({ id: 'msg_c' })))
  await refresh()
  write('s.jsonl', lines(callLine({ id: 'msg_a' }), callLine({ id: 'msg_d' })))
  expect(await refresh()).toMatchObject({ files_read: 1, calls_new: 1 })
  expect(calls().map(({ key }) => key)).toEqual(['msg_a', 'msg_b', 'msg_c', 'msg_d'])
})

test('a file that lost only its incomplete last line is read again too', async () => {
  const { write, append, place, refresh } = ledgerFixture()
  const whole = lines(callLine({ id: 'msg_a' }))
  write('s.jsonl', `${whole}{"half`)
  await refresh()
  truncateSync(place('s.jsonl'), whole.length)
  expect(await refresh()).toMatchObject({ files_read: 1, bytes_read: whole.length, calls_new: 0 })
  append('s.jsonl', lines(callLine({ id: 'msg_b' })))
  expect(await refresh()).toMatchObject({ calls_new: 1 })
})

test('a file rewritten in place is read again from its start, whether it grew or kept its size', async () => {
  const { write, place, refresh, calls } = ledgerFixture()
  const before = lines(callLine({ id: 'msg_a' }), callLine({ id: 'msg_b' }))
  write('s.jsonl', before)
  await refresh()
  // The same length and the same ends of the file, with another call in the middle.
  const filler = Array.from({ length: 20 }, (_, nth) => callLine({ id: `msg_f${nth}` }))
  write('s.jsonl', lines(callLine({ id: 'msg_x' }), callLine({ id: 'msg_c' }), ...filler))
  expect(await refresh()).toMatchObject({ files_read: 1, calls_new: 22 })
  write(
    's.jsonl',
    lines(
      callLine({ id: 'msg_x' }),
      callLine({ id: 'msg_c' }),
      ...filler.with(10, callLine({ id: 'msg_FX' })).with(11, callLine({ id: 'msg_F' })),
    ),
  )
  utimesSync(place('s.jsonl'), new Date(), new Date(Date.now() + 5_000))
  expect(await refresh()).toMatchObject({ files_read: 1, calls_new: 2 })
  expect(calls()).toHaveLength(26)
})

test('deleting a transcript deletes no call, and the transcript can be restored', async () => {
  const { write, place, refresh, calls, ledger } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' }), callLine({ id: 'msg_b' })))
  await refresh()
  unlinkSync(place('s.jsonl'))
  expect(await refresh()).toMatchObject({ files: 0, problems: [] })
  expect(ledger.status()).toMatchObject({ calls: 2, transcripts: 0 })
  write('s.jsonl', lines(callLine({ id: 'msg_b' }), callLine({ id: 'msg_c' })))
  expect(await refresh()).toMatchObject({ calls_new: 1 })
  expect(calls()).toHaveLength(3)
})

test('the states of other folders are kept', async () => {
  const { write, root, refresh } = ledgerFixture()
  write('one/s.jsonl', lines(callLine({ id: 'msg_a' })))
  write('two/s.jsonl', lines(callLine({ id: 'msg_b' })))
  await refresh()
  expect(await refresh({ roots: [path.join(root, 'one')] })).toMatchObject({ files: 1, files_read: 0 })
  expect(await refresh()).toMatchObject({ files: 2, files_read: 0 })
})

test('a renamed transcript is recognised, and a copied one is read and adds nothing', async () => {
  const { write, append, place, refresh, calls } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' }), callLine({ id: 'msg_b' })))
  await refresh()
  mkdirSync(place('elsewhere'))
  renameSync(place('s.jsonl'), place('elsewhere/t.jsonl'))
  expect(await refresh()).toMatchObject({ files: 1, files_read: 1, bytes_read: 0, calls_new: 0 })
  append('elsewhere/t.jsonl', lines(callLine({ id: 'msg_c' })))
  expect(await refresh()).toMatchObject({ files_read: 1, bytes_read: lines(callLine({ id: 'msg_c' })).length, calls_new: 1 })
  copyFileSync(place('elsewhere/t.jsonl'), place('copy.jsonl'))
  expect(await refresh()).toMatchObject({ files: 2, files_read: 1, calls_new: 0, calls_improved: 0 })
  expect(calls()).toHaveLength(3)
})

test('a file that replaces a known one is read from its start', async () => {
  const { write, place, refresh, calls } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' })))
  await refresh()
  write('new.tmp', lines(callLine({ id: 'msg_b' }), callLine({ id: 'msg_c' })))
  renameSync(place('new.tmp'), place('s.jsonl'))
  expect(await refresh()).toMatchObject({ calls_new: 2 })
  expect(calls()).toHaveLength(3)
})

test('bytes that are not UTF-8 affect neither their line nor other lines', async () => {
  const { write, refresh, calls } = ledgerFixture()
  const [before, after] = callLine({ id: 'msg_b', cwd: '/home/CUT' }).split('CUT')
  write(
    's.jsonl',
    Buffer.concat([
      Buffer.from(lines(callLine({ id: 'msg_a', text: 'CUT' }))),
      Buffer.from(before!),
      Buffer.from([0xff, 0xfe, 0xc3]),
      Buffer.from(`${after}\n`),
      Buffer.from([0, 0, 0, 0]),
      Buffer.from(lines(callLine({ id: 'msg_c' }))),
      Buffer.from([0x80, 0x0a, 0xef, 0xbb, 0xbf]),
      Buffer.from(lines(callLine({ id: 'msg_d', cwd: '/home/ümlaut/日本' }))),
      Buffer.from('{"usage"', 'utf16le'),
    ]),
  )
  const summary = await refresh()
  expect(summary).toMatchObject({ calls_new: 4, problems: [] })
  expect(calls().map(({ key, cwd }) => [key, cwd])).toEqual([
    ['msg_a', '/home/dev/project'],
    ['msg_b', '/home/\ufffd\ufffd\ufffd'],
    ['msg_c', '/home/dev/project'],
    ['msg_d', '/home/ümlaut/日本'],
  ])
  expect(await refresh()).toMatchObject({ calls_new: 0, calls_improved: 0 })
})

test('an invalid line is counted and the next one is read', async () => {
  const { write, append, refresh, ledger } = ledgerFixture()
  const bad = [callLine().slice(0, -20), callLine({ at: 'yesterday' }), '{"type":"assistant","message":{"usage":[}}']
  write('s.jsonl', lines(...bad, callLine({ id: 'msg_a' })))
  expect(await refresh()).toMatchObject({ calls_new: 1, bad_lines: bad.length, problems: [] })
  append('s.jsonl', lines('{"usage":'))
  expect(await refresh()).toMatchObject({ bad_lines: 1 })
  expect(ledger.status().bad_lines).toBe(bad.length + 1)
})

test('lines of tens of megabytes are read, and the memory for them is bounded', async () => {
  const { place, write, refresh, calls } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' })))
  const file = openSync(place('s.jsonl'), 'a')
  const [before, after] = callLine({ id: 'msg_long', cwd: '/at/the/end', text: 'TEXT' }).split('TEXT')
  const words = Buffer.alloc(1024 * 1024, 'words with \\"quotes\\" and \\\\ and \\u0041 in them; ')
  words.fill('.', words.lastIndexOf('; ') + 2)
  writeSync(file, before!)
  for (let megabytes = 0; megabytes < 40; megabytes++) writeSync(file, words)
  writeSync(file, `${after}\n`)
  // A long line without strings to shorten is skipped.
  writeSync(file, '{"usage":[')
  const numbers = Buffer.alloc(1024 * 1024, '1234567,')
  for (let megabytes = 0; megabytes < 20; megabytes++) writeSync(file, numbers)
  writeSync(file, '0]}\n')
  // Odd lines that have to be parsed: one with long strings, which are shortened, and one that stays too large.
  writeSync(file, lines(callLine({ id: 'msg_odd', text: '\u0001'.repeat(1_000_000) })))
  writeSync(file, `{"odd":"\\u0001","usage":[${'{},'.repeat(1_000_000)}{}]}\n`)
  writeSync(file, lines(callLine({ id: 'msg_b' })))
  expect(await refresh()).toMatchObject({ calls_new: 4, bad_lines: 2, bytes_read: statSync(place('s.jsonl')).size })
  expect(calls().map(({ key, output }) => [key, output])).toEqual([
    ['msg_a', 10],
    ['msg_b', 10],
    ['msg_long', 10],
    ['msg_odd', 10],
  ])
  expect(await refresh()).toMatchObject({ files_read: 0 })
})

test('what is not a readable file is reported as a problem, and everything else is read', async () => {
  const { write, place, root, folder, refresh } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' })))
  write('folder.jsonl/inside.jsonl', lines(callLine({ id: 'msg_b' })))
  symlinkSync(place('nowhere'), place('dead.jsonl'))
  symlinkSync(place('self.jsonl'), place('self.jsonl'))
  symlinkSync(place('dead-too'), place('dead-folder'))
  const expected = [
    { path: place('dead.jsonl'), message: 'does not exist (any more)' },
    { path: place('folder.jsonl'), message: 'is a folder with the name of a transcript' },
    { path: path.join(folder, 'missing'), message: 'does not exist (any more)' },
    { path: place('self.jsonl'), message: 'is a link to itself' },
  ]
  if (process.platform !== 'win32') {
    execFileSync('mkfifo', [place('pipe.jsonl')])
    expected.push({ path: place('pipe.jsonl'), message: 'is not a file' })
  }
  const { problems, ...summary } = await refresh({ roots: [root, path.join(folder, 'missing')] })
  expect(summary).toMatchObject({ files: 2, files_read: 2, calls_new: 2 })
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1)
  expect([...problems].sort(byPath)).toEqual(expected.sort(byPath))
})

test.skipIf(process.platform === 'win32')(
  'files and folders without read permission are reported as problems, and everything else is read',
  async () => {
    const { write, place, root, folder } = ledgerFixture()
    write('open.jsonl', lines(callLine({ id: 'msg_a' })))
    write('closed.jsonl', lines(callLine({ id: 'msg_b' })))
    write('closed-folder/s.jsonl', lines(callLine({ id: 'msg_c' })))
    chmodSync(place('closed.jsonl'), 0o000)
    chmodSync(place('closed-folder'), 0o000)
    chmodSync(folder, 0o755)
    mkdirSync(path.join(folder, 'other-user'))
    chmodSync(path.join(folder, 'other-user'), 0o777)
    const { stdout, stderr } = await run(process.execPath, [program, path.join(folder, 'other-user'), '1', root], {
      env: { AS_NOBODY: 'true' },
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({
      files: 2,
      files_read: 1,
      calls_new: 1,
      problems: [
        { path: place('closed-folder'), message: 'is not readable for this user' },
        { path: place('closed.jsonl'), message: 'is not readable for this user' },
      ],
    })
  },
)

test('a file of half a gigabyte is read in less memory than that', async () => {
  const { folder, root, place, write, dataDir, calls } = ledgerFixture()
  const corpus = await writeCorpus(folder, { bytes: 4 * 1024 * 1024, oneFile: true })
  // Most of the file is a hole, as after a crash of some file systems: zeros without a newline.
  const step = 128 * 1024 * 1024
  write('sparse.jsonl', '')
  const file = openSync(place('sparse.jsonl'), 'r+')
  for (let at = step; at <= 4 * step; at += step) writeSync(file, `\n${lines(callLine({ id: `msg_at-${at}` }))}`, at)
  closeSync(file)
  expect(statSync(place('sparse.jsonl')).size).toBeGreaterThan(2 ** 29)
  const { stdout, stderr } = await run(process.execPath, [program, dataDir, '2', root])
  expect(stderr).toBe('')
  const { memory, ...summary } = JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
  expect(summary).toMatchObject({
    files_read: 2,
    calls_new: corpus.expected.totals.calls + 4,
    bad_lines: corpus.badLines + 4,
    bytes_read: corpus.bytes + statSync(place('sparse.jsonl')).size,
    problems: [],
  })
  expect(memory).toBeLessThan(250e6)
  expect(calls()).toHaveLength(corpus.expected.totals.calls + 4)
})

test('links are followed once, also in a loop', async () => {
  const { write, place, root, folder, refresh } = ledgerFixture()
  write('p/s.jsonl', lines(callLine({ id: 'msg_a' })))
  mkdirSync(path.join(folder, 'disk/deep'), { recursive: true })
  writeFileSync(path.join(folder, 'disk/deep/t.jsonl'), lines(callLine({ id: 'msg_b' })))
  symlinkSync(path.join(folder, 'disk'), place('link'))
  symlinkSync(root, path.join(folder, 'disk/deep/back'))
  symlinkSync(place('p'), place('again'))
  symlinkSync(place('p/s.jsonl'), place('same.jsonl'))
  symlinkSync(folder, path.join(folder, 'disk/up'))
  expect(await refresh()).toMatchObject({ files: 2, files_read: 2, calls_new: 2, problems: [] })
  // A folder with several names is one folder.
  expect(await refresh({ roots: [place('again'), root, place('link/deep/back')] })).toMatchObject({ files: 2, files_read: 0 })
})

test('a transcript that is deleted between finding and reading is reported as a problem', async () => {
  const { write, place, root, refresh } = ledgerFixture()
  for (const name of ['a', 'b', 'c']) write(`${name}.jsonl`, lines(callLine({ id: name })))
  const summary = await refresh({
    roots: [root],
    // The first progress is reported when all files are found and none is read.
    onProgress: ({ files_done }) => {
      if (files_done === 0) rmSync(place('b.jsonl'), { force: true })
    },
  })
  expect(summary).toMatchObject({ files: 3, files_read: 2, calls_new: 2 })
  expect(summary.problems).toEqual([{ path: place('b.jsonl'), message: 'does not exist (any more)' }])
})

test('a transcript that is truncated while it is read is read again', async () => {
  const { write, place, root, refresh, calls } = ledgerFixture()
  write('s.jsonl', lines(callLine({ id: 'msg_a' }), ...Array.from({ length: 6_000 }, (_, nth) => callLine({ id: `msg_n${nth}` }))))
  await refresh({
    roots: [root],
    onProgress: ({ bytes_done }) => {
      if (bytes_done === 0) write('s.jsonl', lines(callLine({ id: 'msg_z' })))
    },
  })
  await refresh()
  expect(calls().some(({ key }) => key === 'msg_z')).toBe(true)
  expect(await refresh()).toMatchObject({ files_read: 0 })
  expect(readdirSync(root)).toEqual(['s.jsonl'])
  expect(readFileSync(place('s.jsonl'), 'utf8')).toContain('"msg_z"')
})

test('an aborted refresh keeps the calls it has read, and the next one reads the rest', async () => {
  const { folder, root, ledger, refresh } = ledgerFixture()
  const made = writeTranscripts(folder, { seed: 3, calls: 300, longLines: 0 })
  const control = new AbortController()
  const stopped = await refresh({ roots: [root], threads: 2, signal: control.signal, onProgress: () => control.abort() })
  expect(stopped.files_read).toBeLessThan(made.files.length)
  expect(await refresh({ signal: AbortSignal.abort() })).toMatchObject({ files_read: 0 })
  await refresh()
  expectTotals(ledger, made.expected)
})

test('where no worker thread can be started, the main thread reads everything', async () => {
  const { folder, root, dataDir, ledger } = ledgerFixture()
  const made = writeTranscripts(folder, { seed: 6, calls: 300, longLines: 0 })
  // The permission model of Node, without the permission to start threads.
  const flags = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*', '--allow-addons', '--no-warnings']
  const { stdout, stderr } = await run(process.execPath, [...flags, program, dataDir, '3', root])
  expect(stderr).toBe('')
  expect(JSON.parse(stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({ files_read: made.files.length, calls_new: made.calls.length })
  expectTotals(ledger, made.expected)
})

test('the unfinished tasks of a crashed worker are read by the main thread', async () => {
  const { folder, root, dataDir, ledger } = ledgerFixture()
  const made = writeTranscripts(folder, { seed: 6, calls: 300, longLines: 0 })
  const deadly = path.join(folder, 'deadly.mjs')
  writeFileSync(
    deadly,
    `import { isMainThread } from 'node:worker_threads'
    const take = Atomics.compareExchange
    let taken = 0
    if (!isMainThread) Atomics.compareExchange = (...task) => {
      const was = take(...task)
      if (was === 0 && ++taken === 3) process.exit(1)
      return was
    }`,
  )
  const { stdout, stderr } = await run(process.execPath, ['--import', deadly, program, dataDir, '2', root], {
    env: { PAUSE: '500', PAGE_CALLS: '20' },
  })
  expect(stderr).toBe('')
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
  expect(summary).toMatchObject({ files_read: made.files.length, calls_new: made.calls.length, problems: [] })
  expectTotals(ledger, made.expected)
})

test('progress grows to the totals', async () => {
  const { folder, refresh } = ledgerFixture()
  const made = writeTranscripts(folder, { seed: 5, calls: 600 })
  const seen: { files_done: number; files_total: number; bytes_done: number; bytes_total: number; calls: number }[] = []
  await refresh({ threads: 2, onProgress: (progress) => seen.push({ ...progress }) })
  expect(seen[0]).toMatchObject({ files_done: 0, bytes_done: 0, calls: 0 })
  const bytes = made.files.reduce((sum, { content }) => sum + content.length, 0)
  const last = {
    files_done: made.files.length,
    files_total: made.files.length,
    bytes_done: bytes,
    bytes_total: bytes,
    calls: made.calls.length,
  }
  expect(seen.at(-1)).toEqual(last)
  for (const [nth, progress] of seen.entries()) if (nth > 0) expect(progress.bytes_done).toBeGreaterThanOrEqual(seen[nth - 1]!.bytes_done)
})
