import type { ConfigValues } from '@signalbox/contract/channel-field'
import { channelFields } from '@signalbox/contract/channel-field'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import { WireError } from '../wire-error.ts'
import type { Receipt, SendOutcome, Wire, WireAnswer, WireRequest } from './channel-kind.ts'
import { cutTo, oneLine } from './message-text.ts'

/** Of what a peer answered, so much is kept. */
const MAX_SAID = 200
/** Longer waits are not believed. */
const MAX_RETRY_AFTER_MS = 24 * 60 * 60_000

/** A peer's answer without the secrets that it may repeat. */
export interface PeerAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The body as an object; empty where it is none. */
  readonly json: Readonly<Record<string, unknown>>
  /** The body as text. */
  readonly body: string
  readonly host: string
  readonly receipt: Receipt
}

/**
 * Sends one request and says what became of it.
 * @param judge what this kind of peer means by its answers; undefined leaves it to the status
 * @throws only when the signal is aborted
 */
export async function deliver<Config>(
  wire: Wire,
  request: WireRequest,
  signal: AbortSignal,
  secrets: readonly string[],
  judge: (answer: PeerAnswer) => SendOutcome<Config> | undefined = () => undefined,
): Promise<SendOutcome<Config>> {
  try {
    const answer = peerAnswer(await wire.request(request, signal), new URL(request.url).host, secrets)
    return judge(answer) ?? outcomeOf(answer)
  } catch (error) {
    signal.throwIfAborted()
    const reason = withoutTexts(error instanceof Error ? error.message : String(error), secrets)
    return { outcome: error instanceof WireError ? error.outcome : 'failed', reason }
  }
}

/** What a status means where the peer says nothing else. */
export function outcomeOf(answer: PeerAnswer): SendOutcome<never> {
  const { status } = answer
  // Some say so instead of a status.
  const isDenied = answer.json.ok === false || answer.json.success === false
  if (status >= 200 && status < 300) return isDenied ? failed(answer) : { outcome: 'sent', receipt: answer.receipt }
  if (status === 301 || status === 308) return refused(answer, 'has moved; give the address that it leads to')
  // A redirect for the moment is how many servers answer while they are maintained.
  if (status < 400 || status >= 500 || [408, 425, 429].includes(status)) return failed(answer)
  return refused(answer)
}

/** @param why what the status means; without it, what the peer said follows */
export function refused(answer: PeerAnswer, why?: string): SendOutcome<never> {
  return { outcome: 'refused', reason: reasonOf(answer, why), receipt: answer.receipt }
}

export function failed(answer: PeerAnswer, retryAfterMs = retryAfterOf(answer)): SendOutcome<never> {
  const wait = retryAfterMs === undefined ? undefined : Math.min(Math.max(0, Math.round(retryAfterMs)), MAX_RETRY_AFTER_MS)
  return {
    outcome: 'failed',
    reason: reasonOf(answer),
    receipt: answer.receipt,
    ...(wait === undefined ? {} : { retry_after_ms: wait }),
  }
}

export function sent(answer: PeerAnswer, id: unknown): SendOutcome<never> {
  const known = typeof id === 'string' || typeof id === 'number' ? { id: cutTo(oneLine(String(id)), MAX_SAID) } : {}
  return { outcome: 'sent', receipt: { ...answer.receipt, ...known } }
}

function reasonOf({ host, status, receipt }: PeerAnswer, why?: string): string {
  if (why !== undefined) return `${host} ${why} (${status}).`
  return `${host} answered ${status}${receipt.said === undefined ? '.' : `: ${receipt.said}`}`
}

/** Seconds, or a date, which counts from the peer's own clock. */
function retryAfterOf({ headers }: PeerAnswer): number | undefined {
  const text = headers['retry-after']?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const ms = Date.parse(text) - Date.parse(headers.date ?? '')
  return Number.isFinite(ms) ? ms : undefined
}

function peerAnswer({ status, headers, body }: WireAnswer, host: string, secrets: readonly string[]): PeerAnswer {
  const text = withoutTexts(body, secrets)
  const said = cutTo(oneLine(text), MAX_SAID)
  return { status, headers, json: objectOf(body), body: text, host, receipt: { status, ...(said === '' ? {} : { said }) } }
}

function objectOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** A text in which each secret is replaced by an ellipsis. */
function withoutTexts(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => (secret.length < 4 ? rest : rest.replaceAll(secret, '…')), text)
}

/** The secrets of a configuration, as a peer may repeat them: of an address also its path. */
export function secretsOf(kind: ChannelKindName, config: ConfigValues): readonly string[] {
  const names = channelFields[kind].filter((field) => field.secret).map((field) => field.name)
  return names
    .flatMap((name) => config[name] ?? [])
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .map(String)
    .flatMap((secret) => (URL.canParse(secret) ? [secret, new URL(secret).pathname, ...pathParts(secret)] : [secret]))
}

/** The parts of a path that are long enough to be a secret. */
function pathParts(address: string): readonly string[] {
  return new URL(address).pathname.split('/').filter((part) => part.length >= 16)
}
