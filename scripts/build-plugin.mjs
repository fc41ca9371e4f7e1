// `npm run build:plugin`: one file without dependencies for each program of apps/claude-plugin, in its dist/. The files are in
// git, because Claude Code builds nothing when it installs a plugin.
import fs from 'node:fs'
import path from 'node:path'
import { buildPlugin } from './plugin/bundle.mjs'
import { repositoryRoot } from './setup/repository.mjs'
import { setup } from './setup.mjs'

await setup({ dashboard: false })
const folder = path.join(repositoryRoot, 'apps/claude-plugin/dist')
const files = await buildPlugin()
fs.rmSync(folder, { recursive: true, force: true })
fs.mkdirSync(folder, { recursive: true })
for (const [name, text] of files) fs.writeFileSync(path.join(folder, name), text)
console.log(
  `apps/claude-plugin/dist: ${files.map(([name, text]) => `${name} ${(Buffer.byteLength(text) / 1000).toFixed(0)} kB`).join(', ')}`,
)
