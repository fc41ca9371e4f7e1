// `npm run prove:chart`: holds the Helm chart to Helm and to the schemas of Kubernetes, and notes in deploy/helm/proven.json for
// which state of it that was. The tests compare; after a change of the chart run this again.
import fs from 'node:fs'
import { chartDigest, HELM, kubernetesVersions, proofFile, proveChart, setupHelm, valuesFiles } from './setup/helm.mjs'

const problems = proveChart(setupHelm())
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
const proof = { chart: chartDigest(), helm: HELM, kubernetes: kubernetesVersions }
fs.writeFileSync(proofFile, `${JSON.stringify(proof, null, 2)}\n`)
console.log(`the chart is right with ${valuesFiles().length} values files, for Kubernetes ${kubernetesVersions.join(', ')}`)
