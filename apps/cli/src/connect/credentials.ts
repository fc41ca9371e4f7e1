import fs from 'node:fs'
import path from 'node:path'
import { ApiClientError, ForbiddenError, NotFoundError, StateTrackingApiClient, UnauthorizedError } from '@signalbox/client'
import { printable } from '@signalbox/contract/printable'
import { type Credentials, formatCredentials, readCredentialsFile } from '@signalbox/hub-address/credentials-file'
import { isSameAddress } from '@signalbox/hub-address/http-address'
import { PrivateFileError, writePrivateFile } from '@signalbox/hub-address/private-file'
import { Failure } from '../failure.ts'
import { formatPath } from '../format-path.ts'
import { readText } from '../settings-file/replace-file.ts'
import type { ConnectContext } from './context.ts'
import type { StepRecord } from './record.ts'

const STEP = 'credentials'

/**
 * Exchanges the code for a key and writes the credentials file. A machine that is connected already keeps its key.
 * @returns the key's id
 */
export async function connectCredentials(context: ConnectContext, code: string | undefined, machineId: string): Promise<string> {
  const { url, credentialsFile: file, say, io } = context
  const client = new StateTrackingApiClient({ baseUrl: url, timeout: 15_000, retry: { attempts: 1, baseDelay: 250 } })
  const existing = readExisting(file)
  const isSame = existing !== undefined && isSameAddress(existing.url, url)
  if (isSame && (await isAccepted(url, existing.key))) {
    say(STEP, `${formatPath(file)}: this machine is connected already, with the key ${existing.key_id}; unchanged.`)
    return existing.key_id
  }
  if (code === undefined) {
    throw new Failure(
      'this machine has no key for that hub yet, and there is no code.',
      'On the machine of the hub run: signalbox machines invite',
      2,
    )
  }
  const former = existing === undefined ? (fs.existsSync(file) ? 'a damaged one' : 'none') : `the key ${existing.key_id} of ${existing.url}`
  if (context.dryRun) {
    say(STEP, `would exchange the code for a key and write ${formatPath(file)} (now: ${former}).`)
    return '(a new one)'
  }
  await requireHub(client, url)
  // Before the code is spent: a full or read-only disk would lose the key.
  proveWritable(file)
  const { key, key_id, name, machine_id: boundTo } = await redeem(client, url, code, machineId)
  const credentials: Credentials = { url, key, key_id, machine_id: machineId, connected_at: new Date(io.now()).toISOString() }
  try {
    write(context, credentials)
  } catch (error) {
    throw new Failure(
      `the hub has made the key ${key_id}, but ${formatPath(file)} could not be written: ${(error as Error).message}`,
      `Correct that, revoke the key on the hub (signalbox keys revoke ${key_id}), and ask for another code.`,
    )
  }
  const about = boundTo === undefined ? printable(name) : `${printable(name)}, for the machine ${printable(boundTo)} alone`
  say(STEP, `${formatPath(file)}: written for you only, with the key ${key_id} (${about}); before: ${former}.`)
  return key_id
}

function readExisting(file: string): Credentials | undefined {
  try {
    return readCredentialsFile(file)
  } catch (error) {
    // It is kept as a backup and replaced.
    if (error instanceof PrivateFileError) return undefined
    throw error
  }
}

async function isAccepted(url: string, key: string): Promise<boolean> {
  try {
    await new StateTrackingApiClient({ baseUrl: url, apiKey: key, timeout: 10_000, retry: false }).whoAmI()
    return true
  } catch (error) {
    if (error instanceof UnauthorizedError || error instanceof ForbiddenError) return false
    throw toFailure(error, url)
  }
}

async function requireHub(client: StateTrackingApiClient, url: string): Promise<void> {
  try {
    const { version } = (await client.checkHealth()) as { version?: unknown }
    if (typeof version !== 'string') throw new Failure(`${url} is not a hub.`, 'Check the address.')
  } catch (error) {
    if (error instanceof NotFoundError) {
      throw new Failure(`${url} is not the address of a hub.`, 'Check it. The line of `signalbox machines invite` has the whole address.')
    }
    throw toFailure(error, url)
  }
}

async function redeem(client: StateTrackingApiClient, url: string, code: string, machineId: string) {
  try {
    const answer = await client.redeemInvite({ code, machine_id: machineId })
    if (typeof answer.key !== 'string' || typeof answer.key_id !== 'string') throw new Failure(`${url} is not a hub.`, 'Check the address.')
    return answer
  } catch (error) {
    throw toFailure(error, url)
  }
}

function toFailure(error: unknown, url: string): unknown {
  if (!(error instanceof ApiClientError)) return error
  const hint =
    error.code === 'connection_error' || error.code === 'timeout'
      ? 'Nothing was changed, and the code is still good if the hub did not receive it. Check the address, and that this machine reaches it.'
      : error.suggestion
  return new Failure(`${url}: ${printable(error.message).replace(/\.$/, '')}.`, hint === undefined ? undefined : printable(hint))
}

function proveWritable(file: string): void {
  const probe = `${file}.probe`
  try {
    writePrivateFile(probe, 'Written to find out whether there is room and permission.\n'.repeat(20))
    fs.rmSync(probe, { force: true })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new Failure(
      `${formatPath(file)} cannot be written (${code ?? message}); the code was not used.`,
      'Correct that, and run the command again.',
    )
  }
}

/** Keeps a former file as it is, for `--undo`, unless this connection has kept one already. */
function write(context: ConnectContext, credentials: Credentials): void {
  const { credentialsFile: file, configFolder } = context
  const noted = context.noted('credentials')
  const before = readText(file)
  const backup =
    noted === undefined && before !== undefined
      ? path.join(configFolder, `credentials-before-${credentials.connected_at.replace(/\D/g, '')}.json`)
      : noted?.backup
  if (noted === undefined && backup !== undefined && before !== undefined) writePrivateFile(backup, before)
  if (noted !== undefined) context.forget(noted)
  context.note({ step: 'credentials', file, key_id: credentials.key_id, ...(backup === undefined ? {} : { backup }) })
  writePrivateFile(file, formatCredentials(credentials))
}

/** @returns what was done */
export function undoCredentials({ file, key_id, backup }: Extract<StepRecord, { step: 'credentials' }>): string {
  const keyHint = `The hub still accepts the key ${key_id}; to revoke it there: signalbox keys revoke ${key_id}`
  const existing = readExisting(file)
  if (existing !== undefined && existing.key_id !== key_id) return `${formatPath(file)} was changed since, and stays.`
  const former = backup === undefined ? undefined : readText(backup)
  if (former === undefined) {
    fs.rmSync(file, { force: true })
    return `${formatPath(file)} removed. ${keyHint}`
  }
  writePrivateFile(file, former)
  fs.rmSync(backup!, { force: true })
  return `${formatPath(file)} is the former one again. ${keyHint}`
}
