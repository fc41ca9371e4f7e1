// Preloaded into the processes that tests start: a program that is started by its file runs from the bundle, as it does for users
// of the package. A hub then starts in half of the processor time, and tests start hundreds.
import module from 'node:module'
import { programs } from '../bundle/table.mjs'

const root = new URL('../../', import.meta.url)
const bundle = `${decodeURIComponent(new URL(import.meta.url).search.slice(1))}/`
const built = new Map(Object.entries(programs).map(([name, file]) => [new URL(file, root).href, new URL(`${name}.cjs`, bundle).href]))

if (/[\\/](bin[\\/]signalbox\.[cm]js|(apps|packages)[\\/].*\.ts)$/.test(process.argv[1] ?? '')) {
  // An older Node, which some tests start, has no hooks, and says what it needs.
  const hooks = module.registerHooks?.({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const program = built.get(resolved.url)
      // The bundle finds its own files. Hooks would take a tenth of the start of a hub, which loads a thousand more.
      if (program !== undefined || resolved.url.startsWith(bundle)) hooks.deregister()
      return program === undefined ? resolved : { ...resolved, url: program, format: 'commonjs' }
    },
  })
}
