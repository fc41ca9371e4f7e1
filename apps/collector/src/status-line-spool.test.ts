import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../test/support/temp.ts'
import { type SpoolReader, StatusLineSpool } from './status-line-spool.ts'

function openSpool(readers: readonly SpoolReader[]) {
  const spool = new StatusLineSpool(tempFolder(), readers)
  fs.mkdirSync(spool.folder, { recursive: true })
  return {
    spool,
    write: (name: string, content: unknown) => fs.writeFileSync(path.join(spool.folder, name), JSON.stringify(content)),
    left: () => fs.readdirSync(spool.folder),
  }
}

test('each reader gets a file until it is done with it, and the file is removed when all are', () => {
  const { spool, write, left } = openSpool(['limits', 'sessions'])
  write('1.json', 'one')
  const contents = (reader: SpoolReader) => spool.read(reader, Date.now())?.map(({ content }) => content)
  expect([contents('limits'), contents('limits'), contents('sessions')]).toEqual([['one'], ['one'], ['one']])
  spool.read('limits', Date.now())?.[0]?.remove()
  expect([contents('limits'), contents('sessions'), left()]).toEqual([[], ['one'], ['1.json']])
  spool.read('sessions', Date.now())?.[0]?.remove()
  expect([contents('limits'), contents('sessions'), left()]).toEqual([[], [], []])
  // Another run of a status line may get the same ids of processes, and so the same name.
  write('1.json', 'two')
  expect([contents('limits'), contents('sessions')]).toEqual([['two'], ['two']])
})

test.skipIf(process.platform === 'win32')('what is no file is left alone: a FIFO does not make the reader wait', () => {
  const { spool, write } = openSpool(['sessions'])
  execFileSync('mkfifo', [path.join(spool.folder, '0.json')])
  fs.mkdirSync(path.join(spool.folder, '2.json'))
  write('1.json', 'one')
  expect(spool.read('sessions', Date.now())?.map(({ content }) => content)).toEqual(['one'])
})
