import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import { fail } from './fail.mjs'
import { modules, repositoryRoot } from './repository.mjs'
import { run } from './run.mjs'
import { digest, isFresh, writeStamp } from './stamp.mjs'

const dist = path.join(repositoryRoot, 'apps/dashboard/dist')
const stamp = path.join(dist, '.stamp')
/** Smaller files are not worth it. */
const MIN_COMPRESSED_BYTES = 1024

/** Builds the dashboard into apps/dashboard/dist when its sources have changed. */
export async function setupDashboard(node) {
  const sources = ['apps/dashboard', 'packages/client/src', 'packages/contract/src', 'package-lock.json'].map((part) =>
    path.join(repositoryRoot, part),
  )
  const value = digest(sources)
  if (isFresh(stamp, value)) return
  console.log('setup: building the dashboard …')
  // Built beside and then moved into place, so that a running hub never serves a partial build.
  const next = `${dist}.next`
  fs.rmSync(next, { recursive: true, force: true })
  const vite = path.join(modules, 'vite/bin/vite.js')
  const code = run(node, [vite, 'build', '--outDir', next, '--emptyOutDir', '--logLevel', 'error'], {
    cwd: path.join(repositoryRoot, 'apps/dashboard'),
    // Vite's progress output overwrites lines of the terminal, including ours.
    quiet: 'stdout',
  })
  if (code !== 0) fail('the dashboard could not be built (see above).', 'If you changed it, fix that; else run: git status')
  compressFiles(next)
  fs.rmSync(dist, { recursive: true, force: true })
  fs.renameSync(next, dist)
  writeStamp(stamp, value)
}

/** Leaves `FILE.br` and `FILE.gz` beside the files of the page: the hub sends them as they are. */
function compressFiles(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(?:html|js|css|svg|txt|webmanifest)$/.test(entry.name)) continue
    const file = path.join(entry.parentPath ?? entry.path, entry.name)
    const content = fs.readFileSync(file)
    if (content.length < MIN_COMPRESSED_BYTES) continue
    fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(content))
    fs.writeFileSync(`${file}.gz`, zlib.gzipSync(content, { level: 9 }))
  }
}
