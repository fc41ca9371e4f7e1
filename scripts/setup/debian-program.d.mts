export type DebianProgram = 'nginx' | 'caddy' | 'promtool' | 'prometheus' | 'prometheus-alertmanager'
export declare function setupDebianProgram(name: DebianProgram, options?: { env?: NodeJS.ProcessEnv; folder?: string }): string | undefined
export declare function missingProgram(name: string): string
