// Preloaded into the processes that tests start: what `buildTestPrograms` has built runs in place of its source.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

const root = new URL('../../', import.meta.url).href
const built = decodeURIComponent(new URL(import.meta.url).search.slice(1))

if (/[\\/](bin[\\/]signalbox\.mjs|(apps|packages)[\\/].*\.ts)$/.test(process.argv[1] ?? '')) {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const { url } = resolved
      if (!url.endsWith('.ts') || !url.startsWith(root)) return resolved
      const program = new URL(`${built}/${url.slice(root.length, -3)}.js`)
      return existsSync(program) ? { ...resolved, url: program.href, format: 'module' } : resolved
    },
  })
}
