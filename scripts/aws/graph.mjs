// Writes down what a stage of deploy/aws consists of: SST's own components make it, and Pulumi's mocks stand in for AWS.
// usage: node graph.mjs PLATFORM COMPONENTS CONFIG GRAPH RESULT, see prove.mjs
import fs from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [platform = '', componentsFile = '', configFile = '', graph = '', resultFile = ''] = process.argv.slice(2)
const require = createRequire(path.join(platform, 'package.json'))
const pulumi = require('@pulumi/pulumi')
const aws = require('@pulumi/aws')

/** Marks a secret among the inputs of a resource. */
const SECRET_MARK = '4dabf18193072939515e22adb298388d'
const REGION = 'eu-central-1'
const ACCOUNT = '123456789012'
const secretNames = ['MongodbUri', 'ApiKeys', 'SecretKey', 'SyncKey', 'SmtpUrl']
/** @type {{ stage: string, env?: Record<string, string>, secrets?: string[] }} `env` is what the .env file of the stage has */
const { stage, env = {}, secrets = secretNames } = JSON.parse(graph)
const secretOf = (name) => (name === 'MongodbUri' ? 'mongodb+srv://hub:password-of-MongodbUri@db.example' : `value-of-${name}`)

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-aws-'))
/** In the place of dist/lambda: what is in it does not matter here. */
const bundle = path.join(work, 'bundle')
fs.mkdirSync(bundle)
fs.writeFileSync(path.join(bundle, 'lambda.mjs'), 'export {}\n')

const server = http.createServer((request, reply) => {
  // On a busy machine a connection that is kept may have been closed when it is used once more.
  reply.setHeader('connection', 'close')
  let body = ''
  request.setEncoding('utf8').on('data', (text) => (body += text))
  request.on('end', () => reply.end(JSON.stringify({ result: answerOf(JSON.parse(body)) })))
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

/** The command line of SST, which its components call. */
function answerOf({ method, params: [params] }) {
  if (method === 'Provider.Aws.Bootstrap')
    return { asset: 'sst-asset', state: 'sst-state', assetEcrRegistryId: ACCOUNT, assetEcrUrl: 'ecr' }
  if (method === 'Runtime.Build') return { handler: params.handler, out: bundle, errors: [], sourcemaps: [] }
  throw new Error(`SST asks for ${method}`)
}

process.env = {
  ...process.env,
  ...env,
  SST_SERVER: `http://127.0.0.1:${server.address().port}`,
  SST_AWS_REGION: REGION,
  ...Object.fromEntries(secrets.map((secret) => [`SST_SECRET_${secret}`, secretOf(secret)])),
}
// As `sst deploy` does it: the names that SST makes global are globals.
globalThis.$config = (config) => config
const { default: config } = await import(pathToFileURL(configFile).href)
const { removal, protect, ...app } = config.app({ stage })
globalThis.$app = { ...app, stage, removal, protect }
globalThis.$dev = false
globalThis.$cli = { command: 'deploy', dev: false, paths: { home: work, root: work, work, platform }, state: { version: {} } }
const resources = []
const retained = new Set()
pulumi.runtime.setMocks({ newResource, call: answerOfAws }, app.name, stage, false)
const { run, sst, ...shim } = await import(pathToFileURL(componentsFile).href)
Object.assign(globalThis, shim, { sst, aws })

process.on('unhandledRejection', fail)
let outputs
// Resources make others when they are there: all are when nothing is left to do.
server.unref()
process.on('beforeExit', () =>
  end(
    outputs === undefined
      ? { error: 'the stage has no outputs' }
      : { app: { removal, protect }, outputs: tidy(outputs), resources: listed() },
  ),
)
try {
  const made = await pulumi.runtime.runInPulumiStack(() =>
    run(() => {
      pulumi.runtime.registerStackTransformation(({ name, opts }) => {
        if (opts.retainOnDelete) retained.add(name)
      })
      return config.run()
    }),
  )
  pulumi.output(made).apply((named) => (outputs = named))
} catch (error) {
  fail(error)
}

/** What is wrong with the stage, in SST's words or ours. */
function fail(error) {
  end({ error: error.message.split('\n')[0] })
}

function end(result) {
  fs.rmSync(work, { recursive: true, force: true })
  fs.writeFileSync(resultFile, JSON.stringify(result))
  // Pulumi would complain there of what the first error has left undone.
  process.removeAllListeners('exit')
  process.exit()
}

/** What would be made in AWS, in a fixed order. */
function listed() {
  return resources
    .filter(({ type }) => !/^(sst|pulumi):/.test(type))
    .map(({ type, name, inputs }) => ({
      type: type.replace(/^aws:(\w+)\/\w+:/, '$1.'),
      name,
      ...(retained.has(name) ? { retainOnDelete: true } : {}),
      inputs: tidy(inputs),
    }))
    .sort((one, other) => `${one.type} ${one.name}`.localeCompare(`${other.type} ${other.name}`))
}

/** What AWS would say of a new resource. */
function newResource({ type, name, inputs, id }) {
  // With an id it is there already, and is only asked for.
  if (!id) resources.push({ type, name, inputs })
  const [, service = 'x'] = /^aws:(\w+)/.exec(type) ?? []
  return {
    id: `${name}-id`,
    state: {
      ...inputs,
      name: inputs.name ?? name,
      arn: `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}`,
      qualifiedArn: `arn:aws:${service}:${REGION}:${ACCOUNT}:${name}:1`,
      ...(type.endsWith(':RestApi') ? { rootResourceId: 'root', executionArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${name}` } : {}),
      ...(type.endsWith(':Function') ? { version: '1' } : {}),
      ...(type.endsWith(':RandomBytes') ? { base64: 'key-of-sst' } : {}),
      ...(type.endsWith(':Account') ? { cloudwatchRoleArn: `arn:aws:iam::${ACCOUNT}:role/of-the-account` } : {}),
      ...(type === 'pulumi-nodejs:dynamic:Resource' ? { zoneId: 'zone' } : {}),
      ...(type.endsWith(':Certificate')
        ? { domainValidationOptions: [{ resourceRecordName: '_x.example', resourceRecordType: 'CNAME', resourceRecordValue: 'y' }] }
        : {}),
      ...(type.endsWith(':DomainName') ? { regionalDomainName: 'd.execute-api.example', regionalZoneId: 'zone-of-api' } : {}),
    },
  }
}

/** What AWS would answer to a question. */
function answerOfAws({ token, inputs }) {
  if (token.endsWith(':getRegion')) return { region: REGION, name: REGION, id: REGION }
  if (token.endsWith(':getPartition')) return { partition: 'aws' }
  if (token.endsWith(':getCallerIdentity')) return { accountId: ACCOUNT }
  if (token.endsWith(':getPolicyDocument'))
    return { json: JSON.stringify(inputs.statements), ...(inputs.statements.length > 0 ? { statements: inputs.statements } : {}) }
  throw new Error(`AWS is asked for ${token}`)
}

/** Without what differs each time: hashes of code, ends of names, what triggers a deployment, and code of SST. Secrets are marked, and go by their names. */
function tidy(value) {
  if (typeof value === 'string') {
    const named = secretNames.reduce((text, name) => text.replaceAll(secretOf(name), `<${name}>`), value)
    return named.replace(/-code-[\da-f]{64}\.zip$/, '-code.zip').replace(/\b(signalbox-\w+-\w+)-[a-z]{8}\b/g, '$1')
  }
  if (Array.isArray(value)) return value.map(tidy)
  if (value === null || typeof value !== 'object') return value
  if (SECRET_MARK in value) return { secret: tidy(value.value) }
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .filter((key) => !['triggers', 'source', '__provider'].includes(key))
      .map((key) => [key, tidy(value[key])]),
  )
}
