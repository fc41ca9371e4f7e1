import { expect, it } from 'vitest'
import { toConsoleFault } from './console-error.ts'

it('an installation without the optional driver says so, and how to get it', async () => {
  const missing = (name: string) =>
    Object.assign(new Error(`Cannot find module '${name}'\nRequire stack:\n- /x`), { code: 'MODULE_NOT_FOUND' })
  expect(toConsoleFault(missing('playwright-core'))).toEqual({
    category: 'UNKNOWN',
    message: 'the package playwright-core, which drives the browser, is not installed.',
    suggestion: 'Install Signalbox again, without --omit=optional.',
  })
  expect(toConsoleFault(missing('./other.cjs')).message).toBe("Cannot find module './other.cjs'")
})
