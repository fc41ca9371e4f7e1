import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Plugin, Rolldown } from 'vite'

/** Words that most people never load; the worker keeps them when a page has. */
function isGerman(file: Rolldown.OutputChunk | Rolldown.OutputAsset): boolean {
  return file.type === 'chunk' && file.moduleIds.length > 0 && file.moduleIds.every((id) => /\/words\/de\//.test(id))
}

/**
 * Writes `service-worker.js`: the list of the files to keep, with a version that changes with them, and the workers in `public/`.
 * There is one worker, because web push and the files of the page need the same scope, and a scope has one.
 */
export function serviceWorker(): Plugin {
  const folder = new URL('../public/', import.meta.url)
  return {
    name: 'signalbox:service-worker',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const built = Object.entries(bundle).flatMap(([name, file]) =>
          /^assets\/.*\.(?:js|css|svg)$/.test(name) && !isGerman(file) ? [name] : [],
        )
        const given = readdirSync(folder).filter((name) => /\.(?:png|webmanifest)$/.test(name))
        const files = ['app', ...built, ...given].sort()
        const workers = ['push-worker.js', 'offline-worker.js']
        const hash = createHash('sha256').update(files.join('\n'))
        for (const name of [...given, ...workers]) hash.update(readFileSync(new URL(name, folder)))
        const source =
          `self.version = ${JSON.stringify(hash.digest('hex').slice(0, 12))}\n` +
          `self.files = ${JSON.stringify(files, undefined, 1)}\n` +
          `importScripts(${workers.map((name) => `'${name}'`).join(', ')})\n`
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source })
      },
    },
  }
}
