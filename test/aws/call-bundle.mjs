// Calls the bundle in the folder of the first argument with the events on standard input, one after the other, and prints the answers.
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'

const { handler, tick } = await import(pathToFileURL(`${process.argv[2]}/lambda.mjs`).href)
const context = { getRemainingTimeInMillis: () => 30_000 }
const answers = []
for (const event of JSON.parse(await text(process.stdin)))
  answers.push((await (event === 'tick' ? tick({}, context) : handler(event, context))) ?? null)
await new Promise((resolve) => process.stdout.write(JSON.stringify(answers), resolve))
process.exit()
