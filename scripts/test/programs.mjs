// The programs that tests start, each with its modules in a few files: a hub then starts in half of the processor time, and tests
// start hundreds. What runs is the same code; test/trips/start.test.ts and the timing tests start the sources, as users do.
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { cache, repositoryRoot } from '../setup/repository.mjs'

/** Everything that is started by its file: programs and workers. */
export const entries = [
  'apps/cli/src/main.ts',
  'apps/collector/src/console.ts',
  'apps/collector/src/main.ts',
  'apps/hub/src/backup.ts',
  'apps/hub/src/copy.ts',
  'apps/hub/src/keys.ts',
  'apps/hub/src/main.ts',
  'apps/hub/src/mirror.ts',
  'apps/hub/src/store/sqlite/check-worker.ts',
  'apps/hub/src/store/sqlite/checkpoint-worker.ts',
  'packages/ledger/src/transcript/scan-worker.ts',
]
/** Native, or read files beside their own. */
const external = ['better-sqlite3', '@fastify/swagger-ui', 'mongodb', 'playwright-core']

/**
 * @param {string} [folder] for what is built
 * @returns {Promise<string>} the address of the module that a process preloads to run it
 */
export async function buildTestPrograms(folder = path.join(cache, 'programs')) {
  const { build } = await import('esbuild')
  fs.rmSync(folder, { recursive: true, force: true })
  await build({
    absWorkingDir: repositoryRoot,
    entryPoints: entries,
    outdir: folder,
    outbase: repositoryRoot,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    // As the source, where a CommonJS file computes what it requires.
    mainFields: ['module', 'main'],
    external,
    plugins: [ownPlaces],
    banner: { js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);" },
    logLevel: 'error',
  })
  return `${pathToFileURL(path.join(import.meta.dirname, 'preload-programs.mjs')).href}?${encodeURIComponent(pathToFileURL(folder).href)}`
}

/** A module finds its files from the place of its source. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad }) {
    onLoad({ filter: /\/(apps|packages)\/[^/]+\/src\/.*\.ts$/ }, ({ path: file }) => {
      const source = fs.readFileSync(file, 'utf8')
      if (!source.includes('import.meta.')) return undefined
      return { loader: 'ts', contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href)) }
    })
  },
}
