// `npm run check`: types, lint and format. `--write` mends what can be mended.
import path from 'node:path'
import { modules } from './setup/house.mjs'
import { run } from './setup/run.mjs'
import { setup } from './setup.mjs'

const { node } = await setup({ dashboard: false })
const bin = (name) => path.join(modules, name)
const write = process.argv.includes('--write') ? ['--write'] : []

/** Each check and its command; a check that fails does not stop the others. */
export const checks = [
  { name: 'types', args: [bin('typescript/bin/tsc'), '-p', '.'] },
  { name: 'types of the dashboard', args: [bin('typescript/bin/tsc'), '-p', 'apps/dashboard'] },
  { name: 'lint and format', args: [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', ...write, '.'] },
]

export function check() {
  return checks.map(({ name, args }) => {
    const passed = run(node, args) === 0
    console.log(`${passed ? 'ok  ' : 'FAIL'} ${name}`)
    return passed
  })
}

if (process.argv[1]?.endsWith('check.mjs')) process.exitCode = check().every(Boolean) ? 0 : 1
