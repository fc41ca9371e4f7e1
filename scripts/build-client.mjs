// `npm run build:client`: packages/client as one ESM file, one CommonJS file and its types, in dist/client/.
import fs from 'node:fs'
import path from 'node:path'
import { house, modules } from './setup/house.mjs'
import { run } from './setup/run.mjs'
import { setup } from './setup.mjs'

const { node } = await setup({ dashboard: false })
const out = path.join(house, 'dist/client')
const name = 'state-tracking-client'
fs.rmSync(out, { recursive: true, force: true })
fs.mkdirSync(out, { recursive: true })

const { build } = await import('esbuild')
const common = {
  entryPoints: [path.join(house, 'packages/client/src/index.ts')],
  bundle: true,
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  logLevel: 'warning',
}
await build({ ...common, format: 'esm', outfile: path.join(out, `${name}.js`) })
await build({ ...common, format: 'cjs', outfile: path.join(out, `${name}.cjs`) })

const types = path.join(out, 'types')
const tsc = [path.join(modules, 'typescript/bin/tsc'), '-p', 'packages/client/tsconfig.types.json', '--outDir', types]
if (run(node, tsc) !== 0) process.exit(1)
// The contract's types travel along, so that they are found without our workspaces.
for (const file of fs.readdirSync(types, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.d.ts'))) {
  const at = path.join(types, file)
  const toContract = path.relative(path.dirname(at), path.join(types, 'contract/src')).split(path.sep).join('/')
  const here = toContract.startsWith('.') ? toContract : `./${toContract}`
  fs.writeFileSync(
    at,
    fs
      .readFileSync(at, 'utf8')
      .replace(/(['"])@signalbox\/contract\/([\w-]+)\1/g, `'${here}/$2.ts'`)
      .replace(/(from\s+['"][^'"]+|import\(['"][^'"]+)\.ts(['"])/g, '$1.js$2'),
  )
}
fs.writeFileSync(path.join(out, `${name}.d.ts`), "export * from './types/client/src/index.js'\n")
fs.writeFileSync(path.join(out, `${name}.d.cts`), "export * from './types/client/src/index.js'\n")
const { version, license } = JSON.parse(fs.readFileSync(path.join(house, 'packages/client/package.json'), 'utf8'))
// Nothing of it is left in the code, but the contract's types are inferred from its schemas.
const { dependencies } = JSON.parse(fs.readFileSync(path.join(house, 'packages/contract/package.json'), 'utf8'))
const exportsOf = (ending, types) => ({ types: `./${name}${types}`, default: `./${name}${ending}` })
const manifest = {
  name: '@signalbox/client',
  version,
  license,
  type: 'module',
  dependencies: { zod: dependencies.zod },
  exports: {
    '.': { import: exportsOf('.js', '.d.ts'), require: exportsOf('.cjs', '.d.cts') },
    [`./${name}`]: { import: exportsOf('.js', '.d.ts'), require: exportsOf('.cjs', '.d.cts') },
  },
}
fs.writeFileSync(path.join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
const kilobytes = (file) => `${(fs.statSync(path.join(out, file)).size / 1000).toFixed(0)} kB`
console.log(`dist/client: ${name}.js ${kilobytes(`${name}.js`)}, ${name}.cjs ${kilobytes(`${name}.cjs`)}, types`)
