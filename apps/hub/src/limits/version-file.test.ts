import { expect, test } from 'vitest'
import { VERSION_FILE, versionFile } from './version-file.ts'

const at = Date.parse('2026-10-06T11:18:07.912+02:00')

test('the name of a version is when it was read, in UTC, and eight digits of what was read', () => {
  const name = versionFile(at, 'a', '{"x":1}')
  expect(name).toMatch(/^2026-10-06T09-18-07-[0-9a-f]{8}\.json$/)
  expect(name).toMatch(VERSION_FILE)
  expect(versionFile(at, 'a', '{"x":1}')).toBe(name)
})

test('what was read in one second by two accounts, or differs, has two names; an account is no part of the text', () => {
  const names = [
    versionFile(at, undefined, '{"x":1}'),
    versionFile(at, 'a', '{"x":1}'),
    versionFile(at, 'b', '{"x":1}'),
    versionFile(at, 'a', '{"x":2}'),
  ]
  expect(new Set(names).size).toBe(4)
})
