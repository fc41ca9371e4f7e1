import { expect, test } from 'vitest'
import { filesOf, textOf } from '../../../test/support/repository.ts'

/** The files that may use the process; the last one is preloaded into child processes. */
const allowed = ['main.ts', 'process-io.ts', 'child/leave-with-parent.mjs'].map((file) => `apps/cli/src/${file}`)

test('commands use the process only through Io', () => {
  const files = filesOf('apps/cli/src', (file) => /\.(ts|mjs)$/.test(file) && !/\.(test|suite)\.ts$/.test(file))
  const users = files.filter((file) =>
    /\bprocess\.[a-z]|\bconsole\.(log|info|warn|error|debug)\b|from 'node:process'/.test(withoutComments(textOf(file))),
  )
  expect(users.sort()).toEqual(allowed.sort())
})

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}
