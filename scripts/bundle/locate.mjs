import path from 'node:path'
import { repositoryRoot } from '../setup/repository.mjs'
import { assets, programs } from './table.mjs'

const lookup = /new URL\(\s*'([^']+)',\s*import\.meta\.url\s*\)/g
const names = new Map(Object.entries(programs).map(([name, file]) => [file, name]))

/**
 * A plugin of the bundler. Our code finds files beside itself by `new URL('…', import.meta.url)`, and in a bundle it is
 * elsewhere: a program becomes its file of the bundle, an asset is found from the root. Anything else fails the build.
 */
export function locate() {
  return {
    name: 'locate',
    transform(code, id) {
      const file = relative(id)
      if (file === undefined || !code.includes('import.meta.')) return undefined
      const located = code
        .replace(lookup, (_, target) => `new URL(${urlText(file, target)})`)
        // The bundler knows the library by its name, and loads it when it is asked for.
        .replace(/^const require = createRequire\(import\.meta\.url\)$/m, '')
      if (located.includes('import.meta.')) {
        throw new Error(`${file}: a bundle knows only new URL('…', import.meta.url), of what scripts/bundle/table.mjs lists`)
      }
      return located
    },
  }
}

/** A plugin of the bundler: commander starts programs only for commands of another kind than ours, so it loads what starts them late. */
export function withoutChildProcess() {
  const eager = "import childProcess from 'node:child_process'"
  return {
    name: 'without-child-process',
    transform(code, id) {
      if (!/[/\\]commander[/\\]lib[/\\]command\.js$/.test(id)) return undefined
      if (!code.includes(eager)) throw new Error(`commander no longer has: ${eager}`)
      return code.replace(
        eager,
        "const childProcess = { spawn: (...args) => process.getBuiltinModule('node:child_process').spawn(...args) }",
      )
    },
  }
}

/** The path below the repository; undefined for libraries. */
function relative(id) {
  const file = path.relative(repositoryRoot, id)
  return /^(?:apps|packages)[/\\]/.test(file) && !file.includes('node_modules') ? file.split(path.sep).join('/') : undefined
}

/** The code of an address, seen from a file two folders below the root. */
function urlText(file, target) {
  const found = path.posix.join(path.posix.dirname(file), target).replace(/^\.?\/?$|\/$/, '')
  const base = (text) => `${JSON.stringify(text)}, require('node:url').pathToFileURL(__filename)`
  const program = names.get(found)
  if (program !== undefined) return base(`./${program}.cjs`)
  if (Object.hasOwn(assets, found)) return base(`../../${found}`)
  throw new Error(`${file} finds ${found || 'the root'} from its own place: add it to scripts/bundle/table.mjs`)
}
