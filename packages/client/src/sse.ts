/** One server-sent event as on the wire. */
export interface ServerSentEvent {
  readonly id: string | undefined
  readonly event: string
  /** Absent: not an event, only an id to resume from, or a time. */
  readonly data: string | undefined
  /** How long to wait before the next connection, in milliseconds, where the server says so. */
  readonly retry?: number
}

/**
 * Parses a body into events according to the HTML standard, "event stream interpretation"; comments are skipped.
 * `onBytes` is called for every received chunk, also for comments. An incomplete event at the end is dropped.
 */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<ServerSentEvent> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  let fields: Fields = { data: [] }
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes()
      rest += decoder.decode(value, { stream: true })
      // A CR at the end may be half of a CRLF, so it is kept for the next chunk.
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (line !== '') {
          readField(line, fields)
          continue
        }
        const data = fields.data.length > 0 ? fields.data.join('\n') : undefined
        const { id, event = 'message', retry } = fields
        if (data !== undefined || id !== undefined || retry !== undefined) {
          yield { id, event, data, ...(retry === undefined ? {} : { retry }) }
        }
        fields = { data: [] }
      }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

interface Fields {
  id?: string
  event?: string
  retry?: number
  readonly data: string[]
}

function readField(line: string, fields: Fields): void {
  const colon = line.indexOf(':')
  if (colon === 0) return
  const name = colon === -1 ? line : line.slice(0, colon)
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
  if (name === 'data') fields.data.push(value)
  else if (name === 'event') fields.event = value
  else if (name === 'id') fields.id = value
  else if (name === 'retry' && /^\d+$/.test(value)) fields.retry = Number(value)
}
