// `npm run sst -- …`, and the scripts of the stages: SST for deploy/aws, with the bundle of the hub built first where it is needed.
import path from 'node:path'
import { buildLambda } from './lambda/build.mjs'
import { fail } from './setup/fail.mjs'
import { repositoryRoot } from './setup/repository.mjs'
import { become } from './setup/run.mjs'
import { awsFolder, quietEnv, setupSst } from './setup/sst.mjs'
import { setup } from './setup.mjs'

const words = process.argv.slice(2)
const [command] = words
if (command !== undefined && !words.includes('--stage') && !['version', 'help', '--help', 'upgrade'].includes(command))
  fail('SST needs a stage here.', 'Add --stage dev, --stage staging or --stage production.')

const isBundled = ['deploy', 'dev', 'diff'].includes(command)
const { node } = await setup({ dashboard: isBundled, bundle: false })
if (isBundled) await buildLambda(path.join(repositoryRoot, 'dist/lambda'))
const sst = await setupSst()
process.chdir(awsFolder)
process.exitCode = await become(node, [sst, ...words], { env: quietEnv() })
