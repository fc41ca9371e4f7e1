import { expect, onTestFinished, test } from 'vitest'
import { connectBrowser, createCall, sendCalls, visit } from './harness.ts'
import { openTestHub } from './in-process-hub.ts'
import { fillBoard, sendActivity } from './many-sessions.ts'

/** What is read of one. The fields of all nodes follow each other in `nodes`. */
interface HeapSnapshot {
  readonly snapshot: { readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] } }
  readonly nodes: readonly number[]
}

/** An hour is `HEAP_EVENTS=3600` events, one a second; the usual run plays fewer. */
const HEAP_EVENTS = Number(process.env.HEAP_EVENTS ?? 600)

test(`the memory of Today after ${HEAP_EVENTS} events is within 10 % of that after sixty`, {
  timeout: Math.max(300_000, 400 * HEAP_EVENTS),
}, async () => {
  const busy = await openTestHub({ RATE_LIMIT_PER_MINUTE: '1000000' })
  const call = createCall()
  await sendCalls(busy, 'rack-0', [call])
  let tokens = call.input + call.output + call.read
  const ids = await fillBoard(busy, 20, () => ({ machine: 'rack-0', seen: { alive: true, activity: 'idle' } }))
  const browser = await connectBrowser()
  onTestFinished(() => browser.close())
  const { page, context } = await visit(browser, `${busy.url}/app`)
  await page.locator('.live-dot[data-status="live"]').waitFor()
  await page.locator('.fleet .session-row').first().waitFor()
  const session = await context.newCDPSession(page)
  const shown = page.locator('.panel:has-text("Month to date") dd data').first()
  const play = async (count: number) => {
    tokens += (count / 10) * (call.input + call.output + call.read)
    for (let sent = 0; sent < count; sent += 10)
      await Promise.all(
        Array.from({ length: 10 }, (_, nth) =>
          nth === 9
            ? sendCalls(busy, 'rack-0', [createCall()])
            : sendActivity(
                busy,
                ids[(sent + nth) % ids.length] as string,
                Math.floor((sent + nth) / ids.length) % 2 === 0 ? 'working' : 'idle',
              ),
        ),
      )
    // All of it has arrived and is on the screen.
    await expect.poll(() => shown.getAttribute('value')).toBe(String(tokens))
    await expect.poll(() => page.evaluate('document.querySelectorAll(".skeleton").length')).toBe(0)
    await page.waitForTimeout(500)
  }
  const heap = async () => {
    for (let round = 0; round < 3; round++) await session.send('HeapProfiler.collectGarbage')
    return (await session.send('Runtime.getHeapUsage')).usedSize / 1_000_000
  }
  /** Machine code of functions that are called often: V8 makes more of it for minutes, whatever the page keeps. */
  const machineCode = async () => {
    const chunks: string[] = []
    const keep = ({ chunk }: { chunk: string }) => void chunks.push(chunk)
    session.on('HeapProfiler.addHeapSnapshotChunk', keep)
    await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
    session.off('HeapProfiler.addHeapSnapshotChunk', keep)
    const { snapshot, nodes } = JSON.parse(chunks.join('')) as HeapSnapshot
    const { node_fields: fields, node_types: types } = snapshot.meta
    const [type, size, code] = [fields.indexOf('type'), fields.indexOf('self_size'), types[0].indexOf('code')]
    let bytes = 0
    for (let at = 0; at < nodes.length; at += fields.length) if (nodes[at + type] === code) bytes += nodes[at + size] ?? 0
    return bytes / 1_000_000
  }
  await play(60)
  const minute = await heap()
  const minuteCode = await machineCode()
  const steps: number[] = []
  for (let quarter = 0; quarter < 4; quarter++) {
    await play(HEAP_EVENTS / 4)
    steps.push(await heap())
  }
  const later = steps.at(-1) ?? 0
  const laterCode = await machineCode()
  console.log(
    `heap: ${minute.toFixed(2)} MB after 60 events; by quarters of ${HEAP_EVENTS} more ${steps.map((step) => step.toFixed(2)).join(', ')} MB; of it code ${minuteCode.toFixed(2)}, then ${laterCode.toFixed(2)} MB`,
  )
  expect(minuteCode).toBeGreaterThan(0)
  expect(later - laterCode).toBeLessThan((minute - minuteCode) * 1.1)
})
