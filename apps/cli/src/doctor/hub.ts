import { type ApiClientError, ForbiddenError, StateTrackingApiClient, UnauthorizedError } from '@signalbox/client'
import { isLoopback } from '../loopback.ts'
import { duration } from '../number.ts'
import { readCredentials } from '../up/credentials.ts'
import { type Check, type Finding, fail, ok, warn } from './check.ts'

/** Between two clocks that agree, in milliseconds. */
const SKEW = 120_000

export const hub: Check = async ({ env, settings }) => {
  const about = 'Hub'
  const { SIGNALBOX_URL: url } = settings
  const here = isLoopback(new URL(url).hostname)
  const key = settings.CLAUDE_SYNC_API_KEY ?? settings.SIGNALBOX_API_KEY ?? (here ? readCredentials(settings.DATA_DIR)?.key : undefined)
  const client = new StateTrackingApiClient({ baseUrl: url, apiKey: key, timeout: 3_000, retry: false })
  const findings: Finding[] = []
  try {
    const { status, version, timestamp, message } = await client.checkHealth()
    if (status !== 'ok')
      return [fail(about, `${url} answers, but has no store: ${message ?? 'no reason given'}`, 'Look into the log of the hub.')]
    findings.push(ok(about, `${url} answers, version ${version}`))
    const skew = Date.parse(timestamp) - Date.now()
    if (Math.abs(skew) > SKEW) {
      findings.push(
        warn(
          about,
          `its clock is ${duration(Math.abs(skew))} ${skew > 0 ? 'ahead of' : 'behind'} ours`,
          'Let both machines set their clocks by NTP.',
        ),
      )
    }
  } catch (error) {
    const { message } = error as Error
    // Who named a hub wants it; who did not may do well without.
    return env.SIGNALBOX_URL
      ? [fail(about, message, 'Start the hub, or correct SIGNALBOX_URL.')]
      : [warn(about, `none runs at ${url}`, 'Only the page needs it. Start it: signalbox up')]
  }
  return [...findings, await keyFinding(client, key)]
}

async function keyFinding(client: StateTrackingApiClient, key: string | undefined): Promise<Finding> {
  const about = 'Key'
  try {
    const { scopes, bypass, name } = await client.whoAmI()
    if (bypass) return ok(about, 'none exists, and none is asked for on this machine')
    const text = `${name === undefined ? 'valid' : `"${name}"`}, may ${scopes.join(', ')}`
    return scopes.includes('ingest')
      ? ok(about, text)
      : warn(about, text, 'A collector needs `ingest`: signalbox keys create NAME --scopes ingest')
  } catch (error) {
    if (error instanceof UnauthorizedError || error instanceof ForbiddenError) {
      return key === undefined
        ? warn(
            about,
            'the hub asks for one, and none is set',
            'Make one on the hub, signalbox keys create NAME, and set SIGNALBOX_API_KEY.',
          )
        : fail(
            about,
            `the hub does not accept ours: ${error.message}`,
            'Make one on the hub, signalbox keys create NAME, and set SIGNALBOX_API_KEY.',
          )
    }
    return fail(
      about,
      `could not be tried: ${(error as Error).message}`,
      (error as ApiClientError).suggestion ?? 'Look into the log of the hub.',
    )
  }
}
