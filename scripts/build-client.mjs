// `npm run build:client`: packages/client as one ESM file, one CommonJS file and its types, in dist/client/.
import fs from 'node:fs'
import path from 'node:path'
import { declarations } from './client/declarations.mjs'
import { repositoryRoot } from './setup/repository.mjs'
import { setup } from './setup.mjs'

const { node } = await setup({ dashboard: false })
const out = path.join(repositoryRoot, 'dist/client')
const name = 'state-tracking-client'
fs.rmSync(out, { recursive: true, force: true })
fs.mkdirSync(out, { recursive: true })

const { build } = await import('esbuild')
const common = {
  entryPoints: [path.join(repositoryRoot, 'packages/client/src/index.ts')],
  bundle: true,
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  logLevel: 'warning',
}
await build({ ...common, format: 'esm', outfile: path.join(out, `${name}.js`) })
await build({ ...common, format: 'cjs', outfile: path.join(out, `${name}.cjs`) })

// A compiler takes a declaration for ESM or CommonJS, so each way to load the client has its own copy.
const declarationFiles = declarations(node)
for (const [kind, type] of [
  ['import', 'module'],
  ['require', 'commonjs'],
]) {
  for (const [file, text] of [...declarationFiles, ['package.json', `${JSON.stringify({ type })}\n`]]) {
    const at = path.join(out, 'types', kind, file)
    fs.mkdirSync(path.dirname(at), { recursive: true })
    fs.writeFileSync(at, text)
  }
}
fs.writeFileSync(path.join(out, `${name}.d.ts`), "export * from './types/import/index.js'\n")
fs.writeFileSync(path.join(out, `${name}.d.cts`), "export * from './types/require/index.js'\n")
const { version, license } = JSON.parse(fs.readFileSync(path.join(repositoryRoot, 'packages/client/package.json'), 'utf8'))
const exportsOf = (ending, types) => ({ types: `./${name}${types}`, default: `./${name}${ending}` })
const manifest = {
  name: '@signalbox/client',
  version,
  license,
  type: 'module',
  engines: { node: '>=20' },
  // For `require` and `import` of the folder itself, which read no `exports`.
  main: `./${name}.cjs`,
  module: `./${name}.js`,
  types: `./${name}.d.ts`,
  exports: {
    '.': { import: exportsOf('.js', '.d.ts'), require: exportsOf('.cjs', '.d.cts') },
    [`./${name}`]: { import: exportsOf('.js', '.d.ts'), require: exportsOf('.cjs', '.d.cts') },
  },
}
fs.writeFileSync(path.join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
const kilobytes = (file) => `${(fs.statSync(path.join(out, file)).size / 1000).toFixed(0)} kB`
console.log(`dist/client: ${name}.js ${kilobytes(`${name}.js`)}, ${name}.cjs ${kilobytes(`${name}.cjs`)}, types`)
