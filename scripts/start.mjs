// `npm start`: set up what is missing, then become `signalbox up` (or the command named, as `demo`).
import path from 'node:path'
import { house } from './setup/house.mjs'
import { become } from './setup/run.mjs'
import { setup } from './setup.mjs'

const [command = 'up', ...rest] = process.argv.slice(2)
const { node } = await setup()
process.exitCode = await become(node, [path.join(house, 'apps/cli/bin/signalbox.mjs'), command, ...rest])
