// `npm run prove:aws`: lets SST's own components make every stage of deploy/aws, checks its types, and writes what was made to
// deploy/aws/proven.json. The tests read it there; after a change of deploy/aws run this again.
import fs from 'node:fs'
import { awsDigest, makeGraphs, proofFile, typeProblems } from './aws/prove.mjs'
import { platformDigest, SST, setupPlatform } from './setup/sst.mjs'

const platform = await setupPlatform()
const problems = typeProblems(platform)
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
const graphs = await makeGraphs(platform)
const failed = Object.entries(graphs).filter(([name, { error }]) => error !== undefined && !name.startsWith('with'))
for (const [name, { error }] of failed) console.error(`${name}: ${error}`)
if (failed.length > 0) process.exit(1)
const proof = { inputs: awsDigest(), sst: SST, platform: platformDigest(platform), graphs }
fs.writeFileSync(proofFile, proofText(proof))
for (const [name, { error, resources }] of Object.entries(graphs)) console.log(`${name}: ${error ?? `${resources.length} resources`}`)
console.log('deploy/aws/proven.json is written; npm test -- test/aws says whether it is right')

/** A resource a line, so that a change shows what it changes. */
function proofText({ graphs, ...about }) {
  const lines = Object.entries(graphs).map(([name, { resources, ...rest }]) => {
    const list = resources?.map((resource) => `\n  ${JSON.stringify(resource)}`).join(',')
    const text = JSON.stringify({ ...rest, ...(list === undefined ? {} : { resources: [] }) })
    return ` ${JSON.stringify(name)}: ${list === undefined ? text : text.replace(/\[\]\}$/, () => `[${list}\n ]}`)}`
  })
  return `${JSON.stringify(about).slice(0, -1)},"graphs":{\n${lines.join(',\n')}\n}}\n`
}
