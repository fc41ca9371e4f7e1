// `npm run check`: types, lint and format. `--write` fixes what can be fixed.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { modules, repositoryRoot } from './setup/repository.mjs'
import { repositoryEnv } from './setup/run.mjs'
import { setup } from './setup.mjs'

const { node } = await setup({ dashboard: false })
const bin = (name) => path.join(modules, name)
const write = process.argv.includes('--write') ? ['--write'] : []
/** Four, the default, check much of the same once more each: 16 s of processor time instead of 10. */
const oneChecker = ['--checkers', '1']

/** Each check with its command; all run, even when one fails. */
export const checks = [
  { name: 'types', args: [bin('typescript/bin/tsc'), '-p', '.', ...oneChecker] },
  { name: 'types of the dashboard', args: [bin('typescript/bin/tsc'), '-p', 'apps/dashboard', ...oneChecker] },
  { name: 'lint and format', args: [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', ...write, '.'] },
]

/** Runs all checks at once. @returns {Promise<{ name: string, passed: boolean, output: string }[]>} */
export function check() {
  return Promise.all(
    checks.map(async ({ name, args }) => {
      const { passed, output } = await runChecker(args)
      process.stdout.write(output)
      console.log(`${passed ? 'ok  ' : 'FAIL'} ${name}`)
      return { name, passed, output }
    }),
  )
}

/** Collects the output, so that those of several checks do not mix. */
function runChecker(args) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: repositoryRoot, env: repositoryEnv(), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('error', (error) => resolve({ passed: false, output: `${error.message}\n` }))
    child.on('close', (code) => resolve({ passed: code === 0, output }))
  })
}

if (process.argv[1]?.endsWith('check.mjs')) process.exitCode = (await check()).every(({ passed }) => passed) ? 0 : 1
