import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { tempFolder } from '../../../../test/support/temp.ts'
import { openSealer, Sealer } from './sealed.ts'

it('what was sealed opens in its own place, and nowhere else', () => {
  const sealer = new Sealer('a key')
  const sealed = sealer.seal('a secret \u{1f511}', 'channel/1')
  expect(sealed).not.toContain('secret')
  expect(sealer.seal('a secret \u{1f511}', 'channel/1')).not.toBe(sealed)
  expect(sealer.open(sealed, 'channel/1')).toBe('a secret \u{1f511}')
  expect(new Sealer('a key').open(sealed, 'channel/1')).toBe('a secret \u{1f511}')
  expect(() => sealer.open(sealed, 'channel/2')).toThrow('sealed with another key')
  expect(() => new Sealer('another').open(sealed, 'channel/1')).toThrow('sealed with another key')
  expect(() => sealer.open(sealed.slice(0, -2), 'channel/1')).toThrow('sealed with another key')
})

it('the key is made at the first start, for its owner alone, and is the same ever after', () => {
  const folder = tempFolder()
  const sealed = openSealer(folder, undefined).seal('x', 'p')
  const file = path.join(folder, 'secret.key')
  expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  expect(fs.readdirSync(folder)).toEqual(['secret.key'])
  expect(openSealer(folder, undefined).open(sealed, 'p')).toBe('x')
  expect(() => openSealer(folder, 'a key from the environment').open(sealed, 'p')).toThrow()
  fs.writeFileSync(file, 'short')
  expect(() => openSealer(folder, undefined).check()).toThrow('is no key')
})
