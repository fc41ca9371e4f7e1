// `npm run bench [-- NAME …]`: see bench/README.md.
import path from 'node:path'
import { repositoryRoot } from './setup/repository.mjs'
import { become } from './setup/run.mjs'
import { setup } from './setup.mjs'

const { node, browser } = await setup({ browser: true })
process.exitCode = await become(node, [path.join(repositoryRoot, 'bench/main.ts'), ...process.argv.slice(2)], {
  env: { BROWSER_PATH: browser },
})
