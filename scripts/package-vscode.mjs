// `npm run package:vscode`: the extension of VS Code as one file, dist/vscode/signalbox.vsix.
import fs from 'node:fs'
import path from 'node:path'
import { repositoryRoot } from './setup/repository.mjs'
import { setup } from './setup.mjs'

await setup({ dashboard: false })
const { packageExtension } = await import('./vscode/package.mjs')
const file = path.join(repositoryRoot, 'dist/vscode/signalbox.vsix')
const { vsix, files } = await packageExtension()
fs.mkdirSync(path.dirname(file), { recursive: true })
fs.writeFileSync(file, vsix)
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`
const unpacked = [...files.values()].reduce((sum, content) => sum + content.length, 0)
console.log(`dist/vscode/signalbox.vsix: ${kilobytes(vsix.length)}, ${files.size} files, ${kilobytes(unpacked)} unpacked`)
