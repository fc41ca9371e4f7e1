import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { chart, chartDigest, findHelm, HELM, kubernetesVersions, proofFile, renderChart } from '../../scripts/setup/helm.mjs'
import { textOf } from '../support/repository.ts'

// Helm takes minutes to build, so it runs here only where it was built before; else the chart must be the one that was proven.

const programs = findHelm()

it('the chart is the one that Helm and the schemas of Kubernetes were last asked about', () => {
  const proof = JSON.parse(fs.readFileSync(proofFile, 'utf8'))
  expect(proof, 'run npm run prove:chart').toEqual({ chart: chartDigest(), helm: HELM, kubernetes: kubernetesVersions })
  if (programs === undefined)
    console.warn('SKIPPED: Helm is not built here, so the chart was only compared with the proven one: npm run prove:chart')
})

interface Resource {
  readonly kind: string
  readonly spec: Record<string, unknown>
}

describe.skipIf(programs === undefined)('Helm', () => {
  it('takes the chart with each values file, and makes what each asks for', () => {
    const { problems, rendered } = renderChart(programs!)
    expect(problems).toEqual([])
    const of = (name: string) => parseAllDocuments(rendered[name]!).map((one) => one.toJS() as Resource)
    const kinds = (name: string) =>
      of(name)
        .map(({ kind }) => kind)
        .sort()
    expect(kinds('default')).toEqual(['ConfigMap', 'Secret', 'Service', 'StatefulSet'])
    expect(kinds('ingress-path')).toEqual(['ConfigMap', 'Ingress', 'Secret', 'Service', 'StatefulSet'])
    expect(kinds('mongodb')).toEqual(['ConfigMap', 'Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'Secret', 'Service'])
    expect(kinds('existing-secrets')).toEqual(['ConfigMap', 'Deployment', 'PrometheusRule', 'Service', 'ServiceMonitor'])
    const [ingress] = of('ingress-path').filter(({ kind }) => kind === 'Ingress')
    expect(ingress!.spec.rules).toMatchObject([{ host: 'tools.example.com', http: { paths: [{ path: '/signalbox' }] } }])
    const [rules] = of('existing-secrets').filter(({ kind }) => kind === 'PrometheusRule')
    expect(rules!.spec).toEqual(parse(textOf('deploy/monitoring/rules.yml')))
    for (const text of Object.values(rendered)) {
      expect(text).toMatch(/readOnlyRootFilesystem: true/)
      expect(text).toMatch(/runAsNonRoot: true/)
    }
  })

  it('refuses values that the schema does not have, secrets in plain settings among them', () => {
    for (const value of [
      'replica=3',
      'publicUrl=signalbox.example.com',
      'settings.API_KEYS=x',
      'serviceMonitor.enabled=true',
      'mongodb.uri=http://x',
    ]) {
      const { status, stderr } = spawnSync(programs!.helm, ['template', 'box', chart, '--set', value], { encoding: 'utf8' })
      expect([value, status, stderr.includes('schema')]).toEqual([value, 1, true])
    }
  })
})
