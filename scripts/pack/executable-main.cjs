'use strict'
// The program of the single executable: it has the package of npm inside, lays it out in the cache of its user once, and runs
// it from there, so that the executable and the package are the same program.
const fs = require('node:fs')
const { createRequire } = require('node:module')
const os = require('node:os')
const path = require('node:path')
const sea = require('node:sea')
const { brotliDecompressSync } = require('node:zlib')

const root = path.join(cacheFolder(), `executable-${sea.getAsset('digest', 'utf8')}`)
if (!fs.existsSync(root)) layOut()
run(process.argv.slice(2))

/** Our programs start each other as Node's: flags, a file of ours, arguments. A person gives arguments alone. */
function run(words) {
  const at = words.findIndex((word) => word.startsWith(root + path.sep))
  const [file, ...rest] = at < 0 ? [path.join(root, 'apps/cli/bin/signalbox.cjs'), ...words] : words.slice(at)
  process.argv = [process.execPath, file, ...rest]
  const load = createRequire(file)
  if (at > 0 && words.slice(0, at).includes('--import')) load(path.join(root, 'apps/cli/src/child/leave-with-parent.mjs'))
  load(file)
}

/** Beside its place and then renamed: another process may do the same. */
function layOut() {
  const archive = brotliDecompressSync(Buffer.from(sea.getRawAsset('files')))
  const indexLength = archive.readUInt32LE(0)
  let at = 4 + indexLength
  fs.mkdirSync(path.dirname(root), { recursive: true, mode: 0o700 })
  const draft = fs.mkdtempSync(`${root}-`)
  for (const [file, length] of JSON.parse(archive.toString('utf8', 4, at))) {
    const target = path.join(draft, file)
    fs.mkdirSync(path.dirname(target), { recursive: true })
    fs.writeFileSync(target, archive.subarray(at, at + length), { mode: file.startsWith('apps/claude-plugin/bin/') ? 0o700 : 0o600 })
    at += length
  }
  try {
    fs.renameSync(draft, root)
  } catch (error) {
    fs.rmSync(draft, { recursive: true, force: true })
    if (!fs.existsSync(root)) throw error
  }
}

function cacheFolder() {
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'signalbox')
}
