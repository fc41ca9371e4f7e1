// `npm run build:lambda`: the hub for AWS Lambda as one file with the page beside it, in dist/lambda.
import path from 'node:path'
import { buildLambda } from './lambda/build.mjs'
import { repositoryRoot } from './setup/repository.mjs'
import { setup } from './setup.mjs'

await setup()
const out = path.join(repositoryRoot, 'dist/lambda')
const { bytes, largest } = await buildLambda(out)
console.log(`dist/lambda: lambda.mjs ${(bytes / 1e6).toFixed(2)} MB; the largest packages in it, in kB:`)
for (const [name, size] of largest) console.log(`  ${(size / 1000).toFixed(0).padStart(5)}  ${name}`)
