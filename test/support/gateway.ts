import type { OutgoingHttpHeaders } from 'node:http'
import type { GatewayEvent, HttpAnswer, HttpEvent, RestAnswer, RestEvent } from '../../apps/hub/src/lambda/gateway-event.ts'

/** How AWS calls a function for a request: a REST API, an HTTP API, or a Function URL. */
export type GatewayKind = 'rest' | 'http' | 'url'

export interface GatewayRequest {
  readonly method: string
  /** Path and query, as sent. */
  readonly url: string
  /** A name may come several times. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer | string
}

export interface GatewayResponse {
  readonly statusCode: number
  readonly headers: OutgoingHttpHeaders
  readonly cookies: string[]
  readonly rawPayload: Buffer
}

const DOMAIN = 'signalbox.example'
const SOURCE_IP = '192.0.2.7'
const TEXT = /^(?:text\/|application\/(?:json|javascript|xml|x-www-form-urlencoded|x-ndjson))|^$/

/** The event of a request, with the fields that AWS documents and the peculiarities of each kind. */
export function gatewayEvent(kind: GatewayKind, { method, url, headers = [], body }: GatewayRequest): GatewayEvent {
  const [path = '/', query = ''] = url.split(/\?(.*)/s)
  const sent = headers.some(([name]) => name.toLowerCase() === 'host') ? headers : [['host', DOMAIN] as const, ...headers]
  const type = sent.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  const isEncoded = sent.some(([name]) => name.toLowerCase() === 'content-encoding')
  const bytes = body === undefined ? undefined : Buffer.from(body)
  const isBase64Encoded = bytes !== undefined && (isEncoded || !TEXT.test(type))
  const text = bytes?.toString(isBase64Encoded ? 'base64' : 'utf8')
  return kind === 'rest'
    ? restEvent({ method, path, query, headers: sent, text, isBase64Encoded })
    : httpEvent(kind, { method, path, query, headers: sent, text, isBase64Encoded })
}

interface Parts {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly text: string | undefined
  readonly isBase64Encoded: boolean
}

/** Payload format 1.0: names and values of the query are decoded, and `null` where there are none. */
function restEvent({ method, path, query, headers, text, isBase64Encoded }: Parts): RestEvent {
  const words = [...new URLSearchParams(query)]
  const context = {
    resourceId: 'proxy',
    resourcePath: '/{proxy+}',
    httpMethod: method,
    path,
    accountId: '123456789012',
    protocol: 'HTTP/1.1',
    stage: 'production',
    domainPrefix: 'signalbox',
    domainName: DOMAIN,
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    apiId: '1234567890',
    identity: { sourceIp: SOURCE_IP, userAgent: 'a test', cognitoIdentityId: null },
  }
  const event = {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: Object.fromEntries(headers),
    multiValueHeaders: valuesOf(headers),
    queryStringParameters: words.length === 0 ? null : Object.fromEntries(words),
    multiValueQueryStringParameters: words.length === 0 ? null : valuesOf(words),
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: context,
    body: text ?? null,
    isBase64Encoded,
  }
  return event
}

/** Payload format 2.0: names in lower case, values joined by commas, cookies apart. */
function httpEvent(kind: 'http' | 'url', { method, path, query, headers, text, isBase64Encoded }: Parts): HttpEvent {
  const lower = headers.map(([name, value]) => [name.toLowerCase(), value] as const)
  const cookies = lower.filter(([name]) => name === 'cookie').flatMap(([, value]) => value.split('; '))
  const others = lower.filter(([name]) => name !== 'cookie')
  const words = [...new URLSearchParams(query)]
  const event = {
    version: '2.0' as const,
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: joined(others),
    ...(words.length === 0 ? {} : { queryStringParameters: joined(words) }),
    requestContext: {
      accountId: kind === 'url' ? 'anonymous' : '123456789012',
      apiId: '1234567890',
      domainName: kind === 'url' ? '1234567890.lambda-url.eu-central-1.on.aws' : DOMAIN,
      domainPrefix: kind === 'url' ? '1234567890' : 'signalbox',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: SOURCE_IP, userAgent: 'a test' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: '$default',
      stage: '$default',
      timeEpoch: 1_583_348_638_390,
    },
    ...(text === undefined ? {} : { body: text }),
    isBase64Encoded,
  }
  return event
}

/** What the caller gets, as the gateway makes it of an answer in the format of its event. */
export function gatewayResponse(answer: RestAnswer | HttpAnswer): GatewayResponse {
  const isRest = 'multiValueHeaders' in answer
  const cookies = isRest ? (answer.multiValueHeaders['set-cookie'] ?? []) : answer.cookies
  const headers = isRest
    ? Object.fromEntries(Object.entries(answer.multiValueHeaders).map(([name, values]) => [name, values.join(', ')]))
    : answer.headers
  return {
    statusCode: answer.statusCode,
    headers: { ...headers, ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }) },
    cookies,
    rawPayload: Buffer.from(answer.body, answer.isBase64Encoded ? 'base64' : 'utf8'),
  }
}

function valuesOf(pairs: readonly (readonly [string, string])[]): Record<string, string[]> {
  return Object.fromEntries([...Map.groupBy(pairs, ([name]) => name)].map(([name, all]) => [name, all.map(([, value]) => value)]))
}

function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(Object.entries(valuesOf(pairs)).map(([name, values]) => [name, values.join(',')]))
}
