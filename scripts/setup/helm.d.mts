export const HELM: string
export const kubernetesVersions: readonly string[]
export const chart: string
export const proofFile: string
export interface HelmPrograms {
  readonly helm: string
  readonly validate: string
}
export function findHelm(folder?: string): HelmPrograms | undefined
export function setupHelm(folder?: string): HelmPrograms
export function chartDigest(): string
export function valuesFiles(): string[]
export function renderChart(programs: HelmPrograms): { problems: string[]; rendered: Record<string, string> }
export function proveChart(programs: HelmPrograms): string[]
