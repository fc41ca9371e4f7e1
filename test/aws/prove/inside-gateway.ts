// Runs in a network of its own: MiniStack, a stand-in for AWS by other authors, with our bundle as its function behind a REST API, an
// HTTP API and a Function URL, a schedule and the logs; and the MongoDB of the tests. Prints what came out as one line of JSON.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../support/free-port.ts'
import type { GatewayRequest } from '../../support/gateway.ts'
import { startMongo, withDatabase } from '../../support/mongo.ts'
import { makeTempFolder, removeFolder } from '../../support/temp.ts'
import { fixtures, KEY } from '../gateway-fixtures.ts'

export interface GatewayAnswer {
  readonly statusCode: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** What the proof asserts. */
export interface GatewayOutcome {
  readonly answers: Record<'rest' | 'http' | 'url', GatewayAnswer[]>
  readonly logged: string[]
  /** Of a session that sends no heartbeats, while only the schedule calls the hub. */
  readonly statuses: string[]
}

const [bundle = '', ministack = ''] = process.argv.slice(2)
const folder = makeTempFolder()
const port = await freePort()
const mongo = await startMongo()
// The server of the tests does not keep its process alive, and at the end nothing else does.
setInterval(() => {}, 1_000)
const program = spawn(ministack, [], {
  stdio: ['ignore', 'ignore', 'inherit'],
  env: {
    PATH: `${path.dirname(process.execPath)}:${process.env.PATH}`,
    HOME: folder,
    TMPDIR: folder,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: 'localhost',
    SERVICES: 'lambda,apigateway,apigatewayv2,scheduler,logs,iam,sts',
    LOG_LEVEL: 'WARNING',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
  },
})
try {
  const outcome = `${JSON.stringify(await prove())}\n`
  await new Promise((resolve) => process.stdout.write(outcome, resolve))
} finally {
  program.kill('SIGKILL')
  await mongo.stop()
  removeFolder(folder)
}
process.exit()

async function prove(): Promise<GatewayOutcome> {
  for (;;) {
    try {
      await send({ method: 'GET', url: '/_localstack/health' })
      break
    } catch {
      if (program.exitCode !== null) throw new Error(`MiniStack ended with ${program.exitCode}`)
      await sleep(100)
    }
  }
  const zip = path.join(folder, 'function.zip')
  execFileSync('python3', ['-m', 'zipfile', '-c', zip, ...fs.readdirSync(bundle)], { cwd: bundle })
  const role = 'arn:aws:iam::000000000000:role/hub'
  const make = (name: string, handler: string) =>
    aws<{ FunctionArn: string }>('lambda', 'POST', '/2015-03-31/functions', {
      FunctionName: name,
      Runtime: 'nodejs24.x',
      Role: role,
      Handler: handler,
      Timeout: 30,
      MemorySize: 512,
      Code: { ZipFile: fs.readFileSync(zip).toString('base64') },
      Environment: {
        Variables: {
          MONGODB_URI: withDatabase(mongo.uri, 'hub'),
          API_KEYS: KEY,
          SECRET_KEY: 'secret-of-this-test-0123456789abcdef',
          RATE_LIMIT_PER_MINUTE: '100000',
          LOG_LEVEL: 'info',
        },
      },
    })
  const hub = await make('hub', 'lambda.handler')
  const tick = await make('tick', 'lambda.tick')

  const { FunctionUrl } = await aws<{ FunctionUrl: string }>('lambda', 'POST', '/2021-10-31/functions/hub/url', { AuthType: 'NONE' })
  const urlId = new URL(FunctionUrl).hostname.split('.')[0]!
  const { apiId } = await aws<{ apiId: string }>('apigateway', 'POST', '/v2/apis', { name: 'hub', protocolType: 'HTTP' })
  const { integrationId } = await aws<{ integrationId: string }>('apigateway', 'POST', `/v2/apis/${apiId}/integrations`, {
    integrationType: 'AWS_PROXY',
    integrationUri: hub.FunctionArn,
    payloadFormatVersion: '2.0',
  })
  await aws('apigateway', 'POST', `/v2/apis/${apiId}/routes`, { routeKey: '$default', target: `integrations/${integrationId}` })
  await aws('apigateway', 'POST', `/v2/apis/${apiId}/stages`, { stageName: '$default', autoDeploy: true })
  const rest = await aws<{ id: string; rootResourceId: string }>('apigateway', 'POST', '/restapis', {
    name: 'hub',
    binaryMediaTypes: ['*/*'],
  })
  const proxy = await aws<{ id: string }>('apigateway', 'POST', `/restapis/${rest.id}/resources/${rest.rootResourceId}`, {
    pathPart: '{proxy+}',
  })
  const at = `/restapis/${rest.id}/resources/${proxy.id}/methods/ANY`
  await aws('apigateway', 'PUT', at, { authorizationType: 'NONE' })
  await aws('apigateway', 'PUT', `${at}/integration`, {
    type: 'AWS_PROXY',
    httpMethod: 'POST',
    uri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${hub.FunctionArn}/invocations`,
  })
  await aws('apigateway', 'POST', `/restapis/${rest.id}/deployments`, { stageName: 'production' })

  const bases = {
    rest: `/_aws/execute-api/${rest.id}/production`,
    http: `/_aws/execute-api/${apiId}/$default`,
    url: `/_aws/lambda-url/${urlId}`,
  }
  const answers: GatewayOutcome['answers'] = { rest: [], http: [], url: [] }
  for (const kind of ['rest', 'http', 'url'] as const) {
    for (const { request } of fixtures()) {
      // It ends the connection where it cannot answer itself.
      const broken = (error: Error): GatewayAnswer => ({ statusCode: 0, headers: {}, body: error.message })
      const headers = [['host', 'signalbox.example'] as const, ['accept', '*/*'] as const, ...(request.headers ?? [])]
      answers[kind].push(await send({ ...request, headers, url: `${bases[kind]}${request.url}` }).catch(broken))
    }
  }

  // From here on only the schedule calls.
  const ask = async (method: string, url: string, body?: object) =>
    JSON.parse(
      (
        await send({
          method,
          url: `${bases.url}${url}`,
          headers: [
            ['authorization', `Bearer ${KEY}`],
            ['content-type', 'application/json'],
          ],
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
      ).body,
    )
  const { session_id } = await ask('POST', '/sessions', { project_id: 'p', machine_id: 'm', heartbeat_interval_ms: 5000 })
  await aws('scheduler', 'POST', '/schedules/tick', {
    ScheduleExpression: 'rate(1 minute)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: tick.FunctionArn, RoleArn: role, Input: '{}' },
  })
  // Due after fifteen seconds, found by the second tick at the latest.
  await sleep(130_000)
  const url = `/events?format=json&after=0&types=session.status&session_id=${session_id}`
  const events = (await ask('GET', url)) as { data: { status: string } }[]
  const statuses = events.map(({ data }) => data.status)
  const logged: string[] = []
  for (const name of ['hub', 'tick']) {
    const found = await aws<{ events: { message: string }[] }>(
      'logs',
      'POST',
      '/',
      { logGroupName: `/aws/lambda/${name}` },
      'Logs_20140328.FilterLogEvents',
    )
    logged.push(...found.events.map(({ message }) => message))
  }
  return { answers, logged, statuses }
}

async function aws<T>(service: string, method: string, url: string, body: object, target?: string): Promise<T> {
  const credential = `AWS4-HMAC-SHA256 Credential=test/20261201/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
  const headers: GatewayRequest['headers'] = [
    ['authorization', credential],
    ['content-type', target === undefined ? 'application/json' : 'application/x-amz-json-1.1'],
    ...(target === undefined ? [] : [['x-amz-target', target] as const]),
  ]
  const answer = await send({ method, url, headers, body: JSON.stringify(body) })
  if (answer.statusCode >= 300) throw new Error(`${service} ${method} ${url}: ${answer.statusCode} ${answer.body}`)
  return (answer.body === '' ? {} : JSON.parse(answer.body)) as T
}

/** As sent: nothing of the path is made normal. Bodies of answers are in base64 where they are no text. */
function send({ method, url, headers = [], body }: GatewayRequest): Promise<GatewayAnswer> {
  return new Promise((resolve, reject) => {
    const sent = headers.some(([name]) => name.toLowerCase() === 'host') ? headers : [['host', 'localhost'] as const, ...headers]
    const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))]
    const request = http.request({
      host: '127.0.0.1',
      port,
      method,
      path: url,
      headers: [...sent.flat(), ...length] as never,
      setHost: false,
    })
    request.on('error', reject)
    // Also when an answer was cut.
    request.on('close', () => reject(new Error('the connection was closed')))
    request.on('response', (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(parts)
        const text = bytes.toString()
        resolve({
          statusCode: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.from(text).equals(bytes) ? text : `base64:${bytes.toString('base64')}`,
        })
      })
    })
    request.end(body)
  })
}
