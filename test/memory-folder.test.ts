import { expect, it } from 'vitest'
// @ts-expect-error plain JavaScript
import { memoryFolder } from '../scripts/test/memory-folder.mjs'

const GB = 1024 ** 3
const mounted = (type: string, options: string) => [
  ['/dev/vda', '/', 'ext4', 'rw'],
  ['shm', '/dev/shm', type, options],
]

it('temporary files of tests are in memory where programs may run from there and room is left', () => {
  expect(memoryFolder(mounted('tmpfs', 'rw,relatime'), 24 * GB, 20 * GB)).toBe('/dev/shm')
})

it.each([
  ['there is none', [], 24 * GB, 20 * GB],
  ['it is on a disk', mounted('ext4', 'rw'), 24 * GB, 20 * GB],
  ['no program may run from there, as in most containers', mounted('tmpfs', 'rw,nosuid,noexec'), 24 * GB, 20 * GB],
  ['nothing may be written', mounted('tmpfs', 'ro'), 24 * GB, 20 * GB],
  ['it is small, as in most containers', mounted('tmpfs', 'rw'), 64 * 1024 ** 2, 20 * GB],
  ['the machine has little memory', mounted('tmpfs', 'rw'), 24 * GB, 4 * GB],
])('they are on the disk where %s', (_, mounts, free, memory) => {
  expect(memoryFolder(mounts, free, memory)).toBeUndefined()
})
