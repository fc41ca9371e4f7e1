// `npm run build:lambda`: the hub for AWS Lambda, with what few calls need in files of its own and the page beside it, in dist/lambda.
import path from 'node:path'
import { buildLambda } from './lambda/build.mjs'
import { repositoryRoot } from './setup/repository.mjs'
import { setup } from './setup.mjs'

await setup()
const out = path.join(repositoryRoot, 'dist/lambda')
const { bytes, largest } = await buildLambda(out)
console.log(`dist/lambda: ${(bytes / 1e6).toFixed(2)} MB of code; the largest packages in it, in kB:`)
for (const [name, size] of largest) console.log(`  ${(size / 1000).toFixed(0).padStart(5)}  ${name}`)
