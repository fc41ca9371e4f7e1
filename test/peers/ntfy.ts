import { jsonOf, listOf, type Peer, type PeerResponse, startPeer, textOf } from './peer.ts'

export const NTFY_TOPIC = 'signalbox-peer'
export const NTFY_TOKEN = 'tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2'

export interface NtfyPeer extends Peer {
  /** What a subscriber sees: a message replaces the one with the same sequence. */
  readonly shown: Map<string, Record<string, unknown>>
}

/** Publishing as JSON at an ntfy server since 2.16: https://docs.ntfy.sh/publish/ */
export async function startNtfyPeer({ isProtected = false } = {}): Promise<NtfyPeer> {
  const shown: NtfyPeer['shown'] = new Map()
  let lastId = 0
  const peer = await startPeer((request) => {
    const { authorization } = request.headers
    const basic = `Basic ${Buffer.from('phil:correct horse').toString('base64')}`
    if (authorization !== undefined && authorization !== `Bearer ${NTFY_TOKEN}` && authorization !== basic)
      return refuse(401, 40101, 'unauthorized')
    if (isProtected && authorization === undefined) return refuse(403, 40301, 'forbidden')
    if (request.path !== '/' || request.method !== 'POST') return refuse(404, 40401, 'page not found')
    const message = jsonOf(request)
    if (message === undefined) return refuse(400, 40024, 'invalid request: request body must be valid JSON')
    const [problem] = problems(message)
    if (problem !== undefined) return refuse(400, problem[0], problem[1])
    lastId += 1
    const id = `ntfy${lastId}`
    const sequence = textOf(message.sequence_id) || id
    shown.set(sequence, message)
    return { status: 200, body: { id, time: 0, event: 'message', topic: message.topic, sequence_id: sequence } }
  })
  return { ...peer, shown }
}

const refuse = (status: number, code: number, error: string): PeerResponse => ({
  status,
  body: { code, http: status, error, link: 'https://ntfy.sh/docs/publish/' },
})

function problems({
  topic,
  title,
  message,
  tags,
  priority,
  actions,
  click,
  sequence_id,
}: Record<string, unknown>): (readonly [number, string])[] {
  const bytes = (value: unknown) => Buffer.byteLength(textOf(value))
  const words = (Array.isArray(tags) ? tags : []).map(String)
  const checks: readonly (readonly [boolean, number, string])[] = [
    [/^[-_A-Za-z0-9]{1,64}$/.test(textOf(topic)), 40009, 'invalid request: topic invalid'],
    [bytes(title) <= 1_024, 40057, 'invalid request: title too long'],
    [words.join(',').length <= 512, 40058, 'invalid request: tags too long'],
    // The server makes an attachment of it, which is not what people should get.
    [bytes(message) <= 4_096, 41301, 'attachment too large'],
    [
      priority === undefined || (Number.isInteger(priority) && Number(priority) >= 1 && Number(priority) <= 5),
      40007,
      'invalid request: priority invalid',
    ],
    [listOf(actions).length <= 3 && listOf(actions).every(isAction), 40018, 'invalid request: actions invalid'],
    [click === undefined || /^\w+:/.test(textOf(click)), 40013, 'invalid request: click invalid'],
    [sequence_id === undefined || /^[-_A-Za-z0-9]{1,64}$/.test(textOf(sequence_id)), 40049, 'invalid request: sequence ID invalid'],
  ]
  return checks.filter(([isValid]) => !isValid).map(([, code, error]) => [code, error] as const)
}

function isAction({ action, label, url }: Record<string, unknown>): boolean {
  return ['view', 'http', 'broadcast', 'copy'].includes(textOf(action)) && textOf(label) !== '' && (action !== 'view' || textOf(url) !== '')
}
