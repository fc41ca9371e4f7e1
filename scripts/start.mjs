// `npm start`: sets up what is missing, then runs `signalbox up` (or the named command, such as `demo`).
import path from 'node:path'
import { repositoryRoot } from './setup/repository.mjs'
import { become } from './setup/run.mjs'
import { setup } from './setup.mjs'

const [command = 'up', ...rest] = process.argv.slice(2)
const { node } = await setup()
process.exitCode = await become(node, [path.join(repositoryRoot, 'apps/cli/bin/signalbox.cjs'), command, ...rest])
