// `npm run prove:lambda [-- FILTER …]`: the hub in AWS's own emulator of Lambda, by the suites that every hub must pass, by twenty
// instances at once, and behind a gateway of another author: test/aws/prove.
import path from 'node:path'
import { modules, repositoryRoot } from './setup/repository.mjs'
import { become } from './setup/run.mjs'
import { setup } from './setup.mjs'

const { node } = await setup()
const config = path.join(repositoryRoot, 'test/aws/prove/vitest.config.ts')
process.exitCode = await become(node, [path.join(modules, 'vitest/vitest.mjs'), 'run', '--config', config, ...process.argv.slice(2)])
