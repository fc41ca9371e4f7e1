import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
// @ts-expect-error plain JavaScript
import { releaseNotes, unreleasedNotes } from '../scripts/release/changelog.mjs'
// @ts-expect-error plain JavaScript
import { checksums } from '../scripts/release/checksums.mjs'
// @ts-expect-error plain JavaScript
import { readVersions, writeLockVersion, writeVersion } from '../scripts/release/version-files.mjs'
import { repositoryRoot, textOf } from './support/repository.ts'
import { tempFolder } from './support/temp.ts'

test('every file names the same version', () => {
  expect([...new Set(Object.values(readVersions(repositoryRoot)))]).toHaveLength(1)
})

test('a version is written into every file, and nothing else of them changes', () => {
  const folder = tempFolder()
  const names = [...Object.keys(readVersions(repositoryRoot)), 'package-lock.json']
  for (const name of names) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    fs.copyFileSync(path.join(repositoryRoot, name), path.join(folder, name))
  }
  const [before] = Object.values<string>(readVersions(folder))
  const changed: string[] = [...writeVersion(folder, '9.8.7'), writeLockVersion(folder, '9.8.7')]
  expect(changed.sort()).toEqual(names.sort())
  expect(new Set(Object.values(readVersions(folder)))).toEqual(new Set(['9.8.7']))
  writeVersion(folder, before)
  writeLockVersion(folder, before)
  for (const name of names) expect(fs.readFileSync(path.join(folder, name), 'utf8')).toBe(textOf(name))
})

test('what is unreleased becomes the notes of the version', () => {
  const text = '# Changelog\n\n## Unreleased\n\n- New\n\n## 0.1.0 – 2026-01-01\n\n- Old\n'
  expect(unreleasedNotes(text)).toBe('- New')
  const released: string = releaseNotes(text, '0.2.0', '2026-12-01')
  expect(released).toContain('## Unreleased\n\n## 0.2.0 – 2026-12-01\n\n- New\n\n## 0.1.0')
  expect(unreleasedNotes(released)).toBe('')
})

test('the checksums are those that sha256sum takes', () => {
  const folder = tempFolder()
  fs.writeFileSync(path.join(folder, 'a.tgz'), 'one')
  fs.writeFileSync(path.join(folder, 'SHA256SUMS'), checksums(folder))
  const { status, stdout } = spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' })
  expect([status, stdout]).toEqual([0, 'a.tgz: OK\n'])
})
