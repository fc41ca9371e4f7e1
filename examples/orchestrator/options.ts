import { parseArgs } from 'node:util'
import { findHub } from '@signalbox/hub-address/find-hub'

export interface Options {
  readonly url: string
  readonly apiKey: string | undefined
  readonly machine: string
  /** Duration of a fake task in milliseconds. */
  readonly pace: number
  /** First and longest wait between two attempts to reach the hub, in milliseconds. */
  readonly retry: { readonly baseDelay: number; readonly maxDelay: number }
}

export const usage = `node examples/orchestrator/main.ts [--url URL] [--api-key KEY] [--machine NAME] [--fast]
Without --url and --api-key it finds the hub and the key as the command signalbox does.`

/** @throws TypeError for an unknown option; an Error for an invalid setting, or a credentials file that cannot be used */
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
  // A key goes only to the hub that it was made for, so the address of an argument is looked at together with it.
  const { url, key } = findHub(values.url === undefined ? env : { ...env, SIGNALBOX_URL: values.url })
  return {
    url,
    apiKey: values['api-key'] ?? key,
    machine: values.machine ?? 'orchestrator-example',
    pace: values.fast ? 200 : 2_000,
    retry: values.fast ? { baseDelay: 100, maxDelay: 500 } : { baseDelay: 1_000, maxDelay: 5_000 },
  }
}
