// The type declarations of the built client, without imports from this repository or the schema library.
import fs from 'node:fs'
import path from 'node:path'
import { cache, modules, repositoryRoot } from '../setup/repository.mjs'
import { run } from '../setup/run.mjs'

const config = path.join(repositoryRoot, 'packages/client/tsconfig.types.json')
const contract = /(?:import|export)\s+type\s+\{([^}]*)\}\s+from\s+['"]@signalbox\/contract\/([\w-]+)['"]/g

/**
 * Lists the declarations of packages/client, and under `contract/` those of the contract's types they use.
 * @param {string} node the Node that runs the compiler
 * @returns {[file: string, text: string][]}
 */
export function declarations(node) {
  const work = path.join(cache, 'client-types')
  fs.rmSync(work, { recursive: true, force: true })
  fs.mkdirSync(work, { recursive: true })
  compile(node, ['-p', config, '--outDir', path.join(work, 'own')])
  const folder = path.join(work, 'own/client/src')
  const own = fs.readdirSync(folder).map((file) => [file, fs.readFileSync(path.join(folder, file), 'utf8')])
  const used = new Map()
  for (const [, text] of own) {
    for (const [, names, noun] of text.matchAll(contract)) {
      const named = names.split(',').map((name) => name.trim().split(/\s+as\s+/)[0])
      used.set(noun, new Set([...(used.get(noun) ?? []), ...named.filter((name) => name !== '')]))
    }
  }
  const useOwnContract = ([file, text]) => [file, text.replace(/(['"])@signalbox\/contract\/([\w-]+)\1/g, "'./contract/$2.ts'")]
  return [...own.map(useOwnContract), ...expandContract(node, work, used)].map(makeSelfContained)
}

/**
 * Replaces the contract's types, which are `z.infer` of its schemas, by plain object types. The compiler writes them for
 * a constant without a type annotation.
 */
function* expandContract(node, work, used) {
  for (const [noun, names] of used) {
    const lines = [...names].sort().map((name) => `export const ${name} = expanded<contract.${name}>()`)
    const text = [
      `import type * as contract from '@signalbox/contract/${noun}'`,
      'type Expanded<T> = T extends readonly (infer One)[] ? Expanded<One>[] : T extends object ? { [Name in keyof T]: Expanded<T[Name]> } : T',
      'declare function expanded<T>(): Expanded<T>',
      ...lines,
    ]
    fs.writeFileSync(path.join(work, `${noun}.ts`), `${text.join('\n')}\n`)
  }
  const files = [...used.keys()].map((noun) => `${noun}.ts`)
  fs.writeFileSync(
    path.join(work, 'tsconfig.json'),
    JSON.stringify({ extends: config, compilerOptions: { rootDir: repositoryRoot }, files }),
  )
  compile(node, ['-p', path.join(work, 'tsconfig.json'), '--outDir', path.join(work, 'expanded')])
  const folder = path.join(work, 'expanded', path.relative(repositoryRoot, work))
  for (const [noun] of used) {
    const text = fs.readFileSync(path.join(folder, `${noun}.d.ts`), 'utf8')
    yield [`contract/${noun}.d.ts`, text.replace(/^export declare const (\w+): /gm, 'export type $1 = ')]
  }
}

function compile(node, args) {
  if (run(node, [path.join(modules, 'typescript/bin/tsc'), ...args]) !== 0) process.exit(1)
}

function makeSelfContained([file, text]) {
  const stray = /['"](?:zod|@signalbox)[/'"]/.exec(text)
  if (stray !== null) throw new Error(`${file} still imports ${stray[0]}`)
  return [file, text.replace(/(from\s+['"][^'"]+|import\(['"][^'"]+)\.ts(['"])/g, '$1.js$2')]
}
