// What AWS hands to a function for one HTTP request, and what it takes as the answer: API Gateway with the payload formats 1.0
// (REST) and 2.0 (HTTP API), and Function URLs, which use 2.0.

/** Payload format 1.0, of a REST API. */
export interface RestEvent {
  readonly httpMethod: string
  /** Without the stage. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string | undefined>> | null
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null
  readonly body?: string | null
  readonly isBase64Encoded?: boolean
  readonly requestContext: {
    /** With the stage, where the address has it. */
    readonly path?: string
    readonly domainName?: string
    readonly identity: { readonly sourceIp: string }
  }
}

/** Payload format 2.0, of an HTTP API or a Function URL. */
export interface HttpEvent {
  readonly version: '2.0'
  /** With the stage, where the address has it. */
  readonly rawPath: string
  readonly rawQueryString: string
  readonly cookies?: readonly string[]
  /** Values of headers that came several times are joined by commas. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body?: string
  readonly isBase64Encoded?: boolean
  readonly requestContext: {
    readonly stage?: string
    readonly domainName?: string
    readonly http: { readonly method: string; readonly sourceIp: string }
  }
}

export type GatewayEvent = RestEvent | HttpEvent

/** A request as the hub takes it behind a proxy on its own machine. */
export interface ForwardedRequest {
  readonly method: string
  /** Path and query. */
  readonly url: string
  readonly headers: Record<string, string | string[]>
  readonly payload: Buffer | undefined
}

export interface HubAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | number | readonly string[] | undefined>>
  readonly payload: Buffer
}

export interface RestAnswer {
  readonly statusCode: number
  readonly multiValueHeaders: Record<string, string[]>
  readonly body: string
  readonly isBase64Encoded: boolean
}

export interface HttpAnswer {
  readonly statusCode: number
  readonly headers: Record<string, string>
  readonly cookies: string[]
  readonly body: string
  readonly isBase64Encoded: boolean
}

/** A function may answer with no more, as text or as base64, in bytes. */
export const MAX_ANSWER_BYTES = 6_000_000

/** Headers that only the gateway may set: what a caller sends in them would be taken for the word of a proxy. */
const OF_PROXIES = /^(?:x-forwarded-.*|forwarded|x-real-ip|via)$/
/** Headers of one connection. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection', 'te', 'trailer'])

export function isRestEvent(event: GatewayEvent): event is RestEvent {
  return !('version' in event && event.version === '2.0')
}

/** The request as a trusted proxy would pass it on, with what the gateway itself knows of its caller. */
export function toRequest(event: GatewayEvent): ForwardedRequest {
  const { method, path, prefix, query, sourceIp } = isRestEvent(event) ? partsOfRest(event) : partsOfHttp(event)
  const headers = headersOf(event)
  const { domainName } = event.requestContext
  if (headers.host === undefined && domainName !== undefined) headers.host = domainName
  headers['x-forwarded-for'] = sourceIp
  headers['x-forwarded-proto'] = 'https'
  if (prefix !== '') headers['x-forwarded-prefix'] = prefix
  const payload =
    event.body === undefined || event.body === null ? undefined : Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8')
  // The gateway may have decoded the body, or ended its chunks.
  delete headers['content-length']
  if (payload !== undefined) headers['content-length'] = String(payload.length)
  return { method, url: `${toPath(path)}${query === '' ? '' : `?${query}`}`, headers, payload }
}

interface Parts {
  readonly method: string
  readonly path: string
  /** The stage, where the address of the hub has it. */
  readonly prefix: string
  readonly query: string
  readonly sourceIp: string
}

function partsOfRest({ httpMethod, path, requestContext, ...event }: RestEvent): Parts {
  const whole = requestContext.path ?? path
  const prefix = whole.endsWith(path) ? whole.slice(0, whole.length - path.length) : ''
  const values = Object.entries(event.multiValueQueryStringParameters ?? event.queryStringParameters ?? {})
  const pairs = values.flatMap(([name, value]) => [value ?? []].flat().map((one: string) => [name, one]))
  const query = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&')
  return { method: httpMethod, path, prefix, query, sourceIp: requestContext.identity.sourceIp }
}

function partsOfHttp({ rawPath, rawQueryString, requestContext: { stage = '$default', http } }: HttpEvent): Parts {
  const prefix = stage !== '$default' && `${rawPath}/`.startsWith(`/${stage}/`) ? `/${stage}` : ''
  return { method: http.method, path: rawPath.slice(prefix.length) || '/', prefix, query: rawQueryString, sourceIp: http.sourceIp }
}

function headersOf(event: GatewayEvent): Record<string, string | string[]> {
  const values: Record<string, string[]> = {}
  const all = isRestEvent(event) ? (event.multiValueHeaders ?? event.headers ?? {}) : event.headers
  for (const [sent, value] of Object.entries(all)) {
    // One that comes twice may be spelled in two ways, and is then two entries.
    const name = sent.toLowerCase()
    if (value === undefined || OF_PROXIES.test(name) || OF_CONNECTION.has(name)) continue
    values[name] = [...(values[name] ?? []), ...[value].flat()]
  }
  if (!isRestEvent(event) && event.cookies !== undefined && event.cookies.length > 0) values.cookie = [...event.cookies]
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, joined(name, all)]))
}

/** Several headers of one name are one, as Node itself joins them, but a second `Host` is left for the hub to refuse. */
function joined(name: string, values: readonly string[]): string | string[] {
  if (values.length === 1) return values[0]!
  return name === 'host' ? [...values] : values.join(name === 'cookie' ? '; ' : ', ')
}

/** A path as it stands in a request: a gateway that has decoded it leaves characters that may not. */
function toPath(path: string): string {
  return path
    .replace(/%(?![\da-f]{2})/gi, '%25')
    .replace(/[^\w\-.~!$&'()*+,;=:@/%]+/g, (characters) => encodeURIComponent(characters.toWellFormed()))
}

/** The answer in the format of the event. */
export function toAnswer(event: GatewayEvent, { statusCode, headers, payload }: HubAnswer): RestAnswer | HttpAnswer {
  const isBase64Encoded = !isText(headers)
  const body = payload.toString(isBase64Encoded ? 'base64' : 'utf8')
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || OF_CONNECTION.has(name) ? [] : [[name, [value].flat().map(String)] as const],
  )
  if (isRestEvent(event)) return { statusCode, multiValueHeaders: Object.fromEntries(sent), body, isBase64Encoded }
  const cookies = sent.find(([name]) => name === 'set-cookie')?.[1] ?? []
  const single = sent.filter(([name]) => name !== 'set-cookie').map(([name, values]) => [name, values.join(', ')])
  return { statusCode, headers: Object.fromEntries(single), cookies, body, isBase64Encoded }
}

/** Whether the body is text in UTF-8, which the answer can carry as it is. */
function isText(headers: HubAnswer['headers']): boolean {
  if (headers['content-encoding'] !== undefined) return false
  const type = String(headers['content-type'] ?? '')
  return type === '' || /^(?:text\/|application\/(?:json|javascript|problem\+json|manifest\+json|xml|yaml)|image\/svg\+xml)/.test(type)
}
