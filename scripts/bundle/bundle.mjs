// Bundles the programs of Signalbox: CommonJS, because Node starts it faster than modules, in one file for what a short command
// needs first, and small files for the rest, loaded when they are asked for.
import fs from 'node:fs'
import { isBuiltin } from 'node:module'
import path from 'node:path'
import { repositoryRoot } from '../setup/repository.mjs'
import { locate, withoutChildProcess } from './locate.mjs'
import { firstFiles, programs } from './table.mjs'

const sqlite = path.join(import.meta.dirname, 'sqlite.cjs')
/** Libraries that a short command needs; the others stay packages. */
const bundled = ['@date-fns/tz', 'better-sqlite3', 'commander']

/**
 * @param {string} folder two folders below the root of the checkout or package that it is for
 * @param {{ minify?: boolean }} [options]
 * @returns {Promise<{ files: string[], sources: string[], firstSources: string[], packages: string[], libraries: string[] }>}
 *   the files that were written; what of the repository they were made of, and what of it a short command runs; the packages
 *   that they import; those that are part of them
 */
export async function bundle(folder, { minify = true } = {}) {
  const { rolldown } = await import('rolldown')
  /** Modules of a short command before its first row; with those that it may load later. */
  const [first, ofFirst] = [new Set(), new Set()]
  const modules = new Set()
  const build = await rolldown({
    cwd: repositoryRoot,
    input: Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, path.join(repositoryRoot, file)])),
    platform: 'node',
    external: (id) => packageOf(id) !== undefined && !bundled.includes(packageOf(id)),
    resolve: { alias: { 'better-sqlite3': sqlite } },
    transform: { target: 'node22' },
    logLevel: 'silent',
    plugins: [
      locate(),
      withoutChildProcess(),
      {
        name: 'first',
        buildEnd() {
          for (const id of this.getModuleIds()) modules.add(id)
          const add = (to, importsOf) => (id) => {
            const module = to.has(id) ? undefined : this.getModuleInfo(id)
            if (!module || module.isExternal) return
            to.add(id)
            importsOf(module).forEach(add(to, importsOf))
          }
          const files = firstFiles.map((file) => path.join(repositoryRoot, file))
          files.forEach(add(first, (module) => module.importedIds))
          const threads = [path.join(repositoryRoot, programs['scan-worker'])]
          const all = ({ id, importedIds, dynamicallyImportedIds }) =>
            id.endsWith('command-list.ts') ? [] : [...importedIds, ...dynamicallyImportedIds]
          ;[...files, ...threads].forEach(add(ofFirst, all))
        },
      },
    ],
  })
  try {
    const isOfCli = (id) => /[/\\](?:apps[/\\]cli|node_modules[/\\]commander)[/\\]/.test(id)
    const { output } = await build.write({
      dir: folder,
      format: 'cjs',
      exports: 'auto',
      minify,
      comments: false,
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      codeSplitting: {
        groups: [
          { name: 'first', test: (id) => first.has(id) && !isOfCli(id), priority: 2 },
          { name: 'cli-first', test: (id) => first.has(id) && isOfCli(id), priority: 1 },
        ],
      },
    })
    const ownOf = (ids) =>
      [...ids].map((id) => path.relative(repositoryRoot, id)).filter((file) => fs.existsSync(path.join(repositoryRoot, file)))
    const sourcesOf = (ids) =>
      ownOf(ids)
        .filter((file) => !file.includes('node_modules'))
        .sort()
    const imported = output.flatMap((file) => [...file.imports, ...file.dynamicImports]).map(packageOf)
    return {
      files: output.map((file) => file.fileName).sort(),
      sources: sourcesOf(modules),
      firstSources: sourcesOf(ofFirst),
      packages: [...new Set(['better-sqlite3', ...imported.filter((name) => name !== undefined)])].sort(),
      libraries: [
        ...new Set(
          ownOf(modules)
            .map(libraryOf)
            .filter((name) => name !== undefined),
        ),
      ].sort(),
    }
  } finally {
    await build.close()
  }
}

/** The package that an import names; undefined for files, parts of Node and our own packages. */
function packageOf(specifier) {
  const [, name] = /^((?:@[\w.-]+\/)?\w[\w.-]*)(?:\/|$)/.exec(specifier) ?? []
  return name === undefined || name.startsWith('@signalbox/') || isBuiltin(specifier) || specifier.endsWith('.cjs') ? undefined : name
}

/** The package that a file belongs to. */
function libraryOf(file) {
  return /(?:^|[/\\])node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)[/\\](?!.*node_modules)/.exec(file)?.[1]?.replaceAll('\\', '/')
}
