// `npm run prove:answers -- [--prompts 100] [--client VERSION,…] [--ways WAY,…] [--verbose]`: the real client asks, and is answered in every way.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { findClient, newest, old } from '../client.ts'
import { makeClientHome } from '../client-home.ts'
import { AnsweringHub } from './answering-hub.ts'
import { startAsking, switchAnswersOn } from './asking-session.ts'
import { ways as allWays, type PromptResult, provePrompt, type Way } from './proof.ts'

const { values } = parseArgs({
  options: {
    prompts: { type: 'string', default: '100' },
    client: { type: 'string', default: `${newest},${old}` },
    /** Only these ways to answer. */
    ways: { type: 'string', default: allWays.join() },
    verbose: { type: 'boolean', default: false },
  },
})

const ways = values.ways.split(',') as Way[]
const { home, remove } = await makeClientHome()
const hub = new AnsweringHub(path.join(home.folder, 'hub'))
const results: PromptResult[] = []
const problems: string[] = []
/** What is wrong after that is so because everything is being ended. */
let endedBy: NodeJS.Signals | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endedBy = signal
    problems.push(`ended by ${signal} at prompt ${results.length}`)
    void finish()
  })
}
try {
  await hub.start()
  switchAnswersOn(home)
  const clients = await Promise.all(values.client.split(',').map(findClient))
  const sessions = await Promise.all(
    clients.map(async (client, index) => ({ client, session: await startAsking(home, client, hub, `session-${index}`) })),
  )
  for (let number = 0; number < Number(values.prompts); number++) {
    const { client, session } = sessions[Math.floor(number / ways.length) % sessions.length]!
    const way = ways[number % ways.length]!
    const result = await provePrompt({ home, hub, session, number, way, version: client.version }).catch((error: Error) => ({
      number,
      way,
      version: client.version,
      delayMs: undefined,
      wrong: [error.message],
    }))
    if (endedBy !== undefined) break
    results.push(result)
    if (values.verbose || result.wrong.length > 0) {
      const delay = result.delayMs === undefined ? '' : `, ${Math.round(result.delayMs)} ms`
      console.log(`${number} ${client.version} ${way}: ${result.wrong.length === 0 ? 'right' : result.wrong.join('; ')}${delay}`)
    }
  }
} catch (error) {
  if (endedBy === undefined) problems.push((error as Error).stack ?? String(error))
}
if (endedBy === undefined) await finish()

async function finish(): Promise<void> {
  await hub.kill()
  await remove().catch((error: Error) => problems.push(error.message))
  for (const way of ways) {
    const own = results.filter((result) => result.way === way)
    const delays = own.flatMap(({ delayMs }) => delayMs ?? []).sort((a, b) => a - b)
    const right = own.filter(({ wrong }) => wrong.length === 0).length
    const times =
      delays.length === 0
        ? ''
        : `; the session went on after ${Math.round(delays[Math.floor(delays.length / 2)]!)} ms (median), ${Math.round(delays.at(-1)!)} ms (longest)`
    console.log(`${way}: ${right} of ${own.length} right${times}`)
  }
  for (const problem of problems) console.error(problem)
  process.exit(problems.length > 0 || results.some(({ wrong }) => wrong.length > 0) || results.length < Number(values.prompts) ? 1 : 0)
}
