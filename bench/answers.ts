import path from 'node:path'
import { AnsweringHub } from '../test/claude-code/answers/answering-hub.ts'
import { startAsking, switchAnswersOn } from '../test/claude-code/answers/asking-session.ts'
import { provePrompt } from '../test/claude-code/answers/proof.ts'
import { findClient, newest } from '../test/claude-code/client.ts'
import { makeClientHome } from '../test/claude-code/client-home.ts'
import { milliseconds, percentile, type Row } from './table.ts'

const PROMPTS = 20

/** Measures how soon the real client goes on after an answer on the page. */
export async function answers(): Promise<Row[]> {
  const row = {
    what: 'answer on the page → the session goes on',
    reference: 'the real Claude Code, its next request to the model',
    target: 'p95 ≤ 1 s',
  }
  const client = await findClient(newest).catch((error: Error) => error)
  if (client instanceof Error) return [{ ...row, measured: '', reached: undefined, note: client.message }]
  const { home, remove } = await makeClientHome()
  const hub = new AnsweringHub(path.join(home.folder, 'hub'))
  try {
    await hub.start()
    switchAnswersOn(home)
    const session = await startAsking(home, client, hub, 'project')
    const delays: number[] = []
    for (let number = 0; number < PROMPTS; number++) {
      const { delayMs, wrong } = await provePrompt({ home, hub, session, number, way: 'page', version: newest })
      if (wrong.length > 0 || delayMs === undefined) throw new Error(`prompt ${number}: ${wrong.join('; ')}`)
      delays.push(delayMs)
    }
    const [p50, p95] = [percentile(delays, 50), percentile(delays, 95)]
    return [{ ...row, measured: `p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}`, reached: p95 <= 1_000 }]
  } finally {
    await hub.kill()
    await remove()
  }
}
