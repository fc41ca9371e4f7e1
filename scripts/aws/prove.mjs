import { execFile, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { modules, repositoryRoot } from '../setup/repository.mjs'
import { awsFolder, SST } from '../setup/sst.mjs'
import { digest } from '../setup/stamp.mjs'

/** What SST made of which state of deploy/aws. */
export const proofFile = path.join(awsFolder, 'proven.json')

const CERTIFICATE = 'arn:aws:acm:eu-central-1:123456789012:certificate/of-ours'

/** The stages, with what a .env file may say, and with what must stop a deployment. */
const graphs = {
  dev: { stage: 'dev', secrets: ['MongodbUri', 'ApiKeys', 'SecretKey'] },
  staging: { stage: 'staging' },
  production: { stage: 'production', env: { STAGE_DOMAIN: 'signalbox.example.com', STAGE_ALARM_EMAIL: 'ops@example.com' } },
  'production in a network': {
    stage: 'production',
    env: {
      STAGE_DOMAIN: 'signalbox.example.com',
      STAGE_CERTIFICATE: CERTIFICATE,
      STAGE_SUBNETS: 'subnet-1, subnet-2',
      STAGE_SECURITY_GROUPS: 'sg-1',
      STAGE_RESERVED_CONCURRENCY: '20',
      STAGE_PROVISIONED_CONCURRENCY: '1',
      TIMEZONE: 'Europe/Berlin',
    },
  },
  'without a secret': { stage: 'staging', secrets: ['MongodbUri', 'SecretKey'] },
  'with wrong settings': { stage: 'dev', env: { STAGE_CERTIFICATE: CERTIFICATE, STAGE_RESERVED_CONCURRENCY: 'all' } },
}

/** Names a state of what the graphs are made from. */
export function awsDigest() {
  const own = fs.readdirSync(awsFolder).filter((name) => name.endsWith('.ts') || name === 'tsconfig.json')
  const files = [
    ...own.sort().map((name) => path.join(awsFolder, name)),
    ...['table.ts', 'rules.ts'].map((name) => path.join(repositoryRoot, 'deploy/monitoring', name)),
    ...['graph.mjs', 'prove.mjs'].map((name) => path.join(import.meta.dirname, name)),
  ]
  return digest(files, SST).slice(0, 16)
}

/** Makes every stage with SST's own components. @returns {Promise<Record<string, object>>} its graph, or the error that stops it */
export async function makeGraphs(platform) {
  const { build } = await import('esbuild')
  const bundles = ['components', 'config'].map((name) => path.join(platform, `proof-${process.pid}-${name}.mjs`))
  const result = path.join(platform, `proof-${process.pid}.json`)
  const common = { bundle: true, format: 'esm', platform: 'node', target: 'es2023', packages: 'external', logLevel: 'error' }
  const parts = ["export * from './src/shim/run.js'", "export { run } from './src/auto/run.ts'", "export * as sst from './src/components'"]
  const banner =
    "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url); const __dirname = import.meta.dirname"
  try {
    await build({ ...common, stdin: { contents: parts.join('\n'), resolveDir: platform }, banner: { js: banner }, outfile: bundles[0] })
    await build({ ...common, entryPoints: [path.join(awsFolder, 'sst.config.ts')], outfile: bundles[1] })
    const made = {}
    for (const [name, graph] of Object.entries(graphs)) {
      const words = [path.join(import.meta.dirname, 'graph.mjs'), platform, ...bundles, JSON.stringify(graph), result]
      await promisify(execFile)(process.execPath, words, { timeout: 600_000 })
      made[name] = JSON.parse(fs.readFileSync(result, 'utf8'))
    }
    return made
  } finally {
    for (const file of [...bundles, result]) fs.rmSync(file, { force: true })
  }
}

/** Checks the types of sst.config.ts against those of SST, with its TypeScript. @returns {string[]} problems in files of ours */
export function typeProblems(platform) {
  const work = fs.mkdtempSync(`${platform}-types-`)
  try {
    for (const name of ['aws', 'monitoring'])
      fs.cpSync(path.join(repositoryRoot, 'deploy', name), path.join(work, 'deploy', name), { recursive: true })
    fs.rmSync(path.join(work, 'deploy/aws/.sst'), { recursive: true, force: true })
    fs.mkdirSync(path.join(work, 'deploy/aws/.sst'))
    fs.symlinkSync(platform, path.join(work, 'deploy/aws/.sst/platform'))
    fs.symlinkSync(modules, path.join(work, 'node_modules'))
    fs.writeFileSync(path.join(work, 'package.json'), '{ "type": "module", "private": true }\n')
    // A compiler that finds nothing wrong anywhere proves nothing.
    const right = fs.readFileSync(path.join(awsFolder, 'stage.ts'), 'utf8')
    fs.writeFileSync(path.join(work, 'deploy/aws/wrong.ts'), right.replace("memory: '512 MB'", "memory: '512 megabytes'"))
    const files = ['deploy/aws/sst.config.ts', 'deploy/aws/wrong.ts']
    fs.writeFileSync(path.join(work, 'tsconfig.json'), JSON.stringify({ extends: './deploy/aws/tsconfig.json', files }))
    const words = [path.join(platform, 'node_modules/typescript/bin/tsc'), '-p', work]
    const { stdout } = spawnSync(process.execPath, words, { cwd: work, encoding: 'utf8', maxBuffer: 1e8 })
    // SST's own files have errors of their own.
    const found = stdout.split('\n').filter((line) => /^deploy\/(aws\/[\w-]+(\.config)?\.ts|monitoring\/)|^error/.test(line))
    const problems = found.filter((line) => !line.startsWith('deploy/aws/wrong.ts'))
    if (!found.some((line) => line.startsWith('deploy/aws/wrong.ts') && line.includes('megabytes')))
      problems.push('a wrong memory was not found')
    return problems
  } finally {
    fs.rmSync(work, { recursive: true })
  }
}
