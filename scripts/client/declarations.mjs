// The client's types as they travel: nothing in them leads back to this house, nor to the schema library.
import fs from 'node:fs'
import path from 'node:path'
import { cache, house, modules } from '../setup/house.mjs'
import { run } from '../setup/run.mjs'

const config = path.join(house, 'packages/client/tsconfig.types.json')
const contract = /(?:import|export)\s+type\s+\{([^}]*)\}\s+from\s+['"]@signalbox\/contract\/([\w-]+)['"]/g

/**
 * The declarations of packages/client, and those of the contract's types they name, under `contract/`.
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
  const wanted = new Map()
  for (const [, text] of own) {
    for (const [, names, noun] of text.matchAll(contract)) {
      const named = names.split(',').map((name) => name.trim().split(/\s+as\s+/)[0])
      wanted.set(noun, new Set([...(wanted.get(noun) ?? []), ...named.filter((name) => name !== '')]))
    }
  }
  const toNeighbour = ([file, text]) => [file, text.replace(/(['"])@signalbox\/contract\/([\w-]+)\1/g, "'./contract/$2.ts'")]
  return [...own.map(toNeighbour), ...spelledOut(node, work, wanted)].map(standingAlone)
}

/**
 * The contract says its types as `z.infer` of its schemas; here each is spelled out as what it is. The compiler does that
 * by itself for a constant whose type nobody wrote down.
 */
function* spelledOut(node, work, wanted) {
  for (const [noun, names] of wanted) {
    const lines = [...names].sort().map((name) => `export const ${name} = shown<contract.${name}>()`)
    const text = [
      `import type * as contract from '@signalbox/contract/${noun}'`,
      'type Shown<T> = T extends readonly (infer One)[] ? Shown<One>[] : T extends object ? { [Name in keyof T]: Shown<T[Name]> } : T',
      'declare function shown<T>(): Shown<T>',
      ...lines,
    ]
    fs.writeFileSync(path.join(work, `${noun}.ts`), `${text.join('\n')}\n`)
  }
  const files = [...wanted.keys()].map((noun) => `${noun}.ts`)
  fs.writeFileSync(path.join(work, 'tsconfig.json'), JSON.stringify({ extends: config, compilerOptions: { rootDir: house }, files }))
  compile(node, ['-p', path.join(work, 'tsconfig.json'), '--outDir', path.join(work, 'shown')])
  const shown = path.join(work, 'shown', path.relative(house, work))
  for (const [noun] of wanted) {
    const text = fs.readFileSync(path.join(shown, `${noun}.d.ts`), 'utf8')
    yield [`contract/${noun}.d.ts`, text.replace(/^export declare const (\w+): /gm, 'export type $1 = ')]
  }
}

function compile(node, args) {
  if (run(node, [path.join(modules, 'typescript/bin/tsc'), ...args]) !== 0) process.exit(1)
}

function standingAlone([file, text]) {
  const stray = /['"](?:zod|@signalbox)[/'"]/.exec(text)
  if (stray !== null) throw new Error(`${file} still leads to ${stray[0]}`)
  return [file, text.replace(/(from\s+['"][^'"]+|import\(['"][^'"]+)\.ts(['"])/g, '$1.js$2')]
}
