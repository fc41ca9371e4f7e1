import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { added, changed } from '../../test/mongo/ferretdb/changes.mjs'
import { repositoryRoot } from './repository.mjs'

const source = path.join(repositoryRoot, 'test/mongo')
const NAME = 'github.com/FerretDB/FerretDB'

/**
 * Copies FerretDB into a folder and applies the changes of test/mongo/ferretdb there; the module itself stays unchanged.
 * @param {string} go the command
 * @param {string} folder is replaced
 * @returns {string | undefined} path of the go.mod that builds our server on that copy; undefined when the module cannot be
 * downloaded (go prints why)
 * @throws Error when the module is not the version that the changes were made for
 */
export function changeFerretdb(go, folder) {
  const { stdout, status } = spawnSync(go, ['mod', 'download', '-json', NAME], {
    cwd: source,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) return undefined
  const copy = path.join(folder, 'ferretdb')
  fs.rmSync(folder, { recursive: true, force: true })
  copyFolder(JSON.parse(stdout).Dir, copy)
  for (const [place, file] of Object.entries(added)) fs.copyFileSync(path.join(source, 'ferretdb', file), path.join(copy, place))
  for (const [place, changes] of Object.entries(changed)) {
    const file = path.join(copy, place)
    let text = fs.readFileSync(file, 'utf8')
    for (const [old, next] of changes) {
      if (!text.includes(old)) throw new Error(`test/mongo/ferretdb/changes.mjs expects in ${place} of FerretDB, and did not find: ${old}`)
      text = text.replace(old, () => next)
    }
    fs.writeFileSync(file, text)
  }
  const mod = path.join(folder, 'go.mod')
  fs.writeFileSync(mod, `${fs.readFileSync(path.join(source, 'go.mod'), 'utf8')}\nreplace ${NAME} => ${JSON.stringify(copy)}\n`)
  fs.copyFileSync(path.join(source, 'go.sum'), path.join(folder, 'go.sum'))
  return mod
}

/** Copies contents without permissions: Go's module cache is read-only. */
function copyFolder(from, to) {
  fs.mkdirSync(to, { recursive: true })
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isDirectory()) copyFolder(source, target)
    else fs.writeFileSync(target, fs.readFileSync(source))
  }
}
