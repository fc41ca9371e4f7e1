import { parseArgs } from 'node:util'

export interface Options {
  readonly url: string
  readonly apiKey: string | undefined
  readonly machine: string
  /** Milliseconds that a fake task takes. */
  readonly pace: number
  /** How long the client waits for a hub that is away, first and at most, in milliseconds. */
  readonly retry: { readonly baseDelay: number; readonly maxDelay: number }
}

export const usage = `node examples/orchestrator/main.ts [--url URL] [--api-key KEY] [--machine NAME] [--fast]
SIGNALBOX_URL and SIGNALBOX_API_KEY say the same as --url and --api-key.`

/** @throws TypeError for an option that is not known */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string' },
      'api-key': { type: 'string' },
      machine: { type: 'string' },
      fast: { type: 'boolean' },
    },
  })
  return {
    url: values.url ?? env.SIGNALBOX_URL ?? 'http://127.0.0.1:4000',
    apiKey: values['api-key'] ?? env.SIGNALBOX_API_KEY,
    machine: values.machine ?? 'orchestrator-example',
    pace: values.fast ? 200 : 2_000,
    retry: values.fast ? { baseDelay: 100, maxDelay: 500 } : { baseDelay: 1_000, maxDelay: 5_000 },
  }
}
