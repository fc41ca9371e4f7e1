import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ServerSentEvent, serverSentEvents } from './sse.ts'

async function read(pieces: Uint8Array[]): Promise<ServerSentEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece)
      controller.close()
    },
  })
  const events: ServerSentEvent[] = []
  for await (const event of serverSentEvents(body, () => {})) events.push(event)
  return events
}

test('events are the same for any chunking of the bytes', async () => {
  const wire = new TextEncoder().encode(
    ': hi\r\n\r\nid: 0\n\nid: 1\r\nevent: a\r\ndata: ä\r\ndata: 2 😀\r\n\r\nid: 2\ndata:x\n\nid: 3\rdata: y\r\rretry: 250\n\nretry: soon\n\ndata: half',
  )
  const expected = [
    { id: '0', event: 'message', data: undefined },
    { id: '1', event: 'a', data: 'ä\n2 😀' },
    { id: '2', event: 'message', data: 'x' },
    { id: '3', event: 'message', data: 'y' },
    { id: undefined, event: 'message', data: undefined, retry: 250 },
  ]
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(wire.length)), async (cuts) => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), wire.length]
      const pieces = edges.slice(1).map((edge, index) => wire.slice(edges[index], edge))
      expect(await read(pieces)).toEqual(expected)
    }),
  )
})
