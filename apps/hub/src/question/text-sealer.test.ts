import { expect, it } from 'vitest'
import { TextSealer } from './text-sealer.ts'

it('opens at a hub with the same secret, for the same place', () => {
  const sealed = new TextSealer('a secret').seal('rm -r build', 'question/1')
  expect(sealed).not.toContain('rm')
  expect(new TextSealer('a secret').open(sealed, 'question/1')).toBe('rm -r build')
  expect(new TextSealer('a secret').open(sealed, 'question/2')).toBeUndefined()
  for (const other of ['another', undefined]) expect(new TextSealer(other).open(sealed, 'question/1')).toBeUndefined()
  for (const changed of ['', 'x', `${sealed.slice(0, -2)}xx`])
    expect(new TextSealer('a secret').open(changed, 'question/1')).toBeUndefined()
})
