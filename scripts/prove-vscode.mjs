// `npm run prove:vscode [-- OPTION …]`: see test/vscode/main.ts.
import path from 'node:path'
import { repositoryRoot } from './setup/repository.mjs'
import { become } from './setup/run.mjs'
import { setup } from './setup.mjs'

const { node } = await setup()
process.exitCode = await become(node, [path.join(repositoryRoot, 'test/vscode/main.ts'), ...process.argv.slice(2)])
