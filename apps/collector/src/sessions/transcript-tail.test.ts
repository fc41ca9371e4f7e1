import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { TranscriptTail } from './transcript-tail.ts'

function tail() {
  const file = path.join(tempFolder(), 'a.jsonl')
  const reader = new TranscriptTail(file)
  const read = () => {
    const lines: string[] = []
    reader.read((line) => lines.push(String(line)))
    return lines
  }
  return { file, read, append: (text: string) => fs.appendFileSync(file, text) }
}

test('each line is read once, and half a line when it is complete', () => {
  const { read, append } = tail()
  expect(read()).toEqual([])
  append('one\ntwo\nthr')
  expect(read()).toEqual(['one', 'two'])
  expect(read()).toEqual([])
  append('e')
  expect(read()).toEqual([])
  append('e\nfour\n')
  expect(read()).toEqual(['three', 'four'])
})

test('of a long file only the end is read, from the next line on', () => {
  const { read, append } = tail()
  append(`${'x'.repeat(99)}\n`.repeat(10_000))
  append('last\n')
  const lines = read()
  expect(lines.at(-1)).toBe('last')
  expect(lines.length).toBeLessThan(5_300)
  expect(new Set(lines.slice(0, -1))).toEqual(new Set(['x'.repeat(99)]))
})

test('a line that is too long is skipped, and the next one read', () => {
  const { read, append } = tail()
  append('first\n')
  read()
  append('x'.repeat(5_000_000))
  expect(read()).toEqual([])
  append('x\nnext\n')
  expect(read()).toEqual(['next'])
})

test('a file that was replaced or cut is read from its beginning', () => {
  const { file, read, append } = tail()
  append('one\ntwo\n')
  read()
  fs.writeFileSync(file, 'new\n')
  expect(read()).toEqual(['new'])
  fs.rmSync(file)
  expect(read()).toEqual([])
  fs.writeFileSync(file, 'again\nand again\n')
  expect(read()).toEqual(['again', 'and again'])
})
