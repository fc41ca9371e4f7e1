import { HubError } from '../hub-error.ts'
import type { LimitAccount, LimitStore } from '../store/store.ts'
import { merged, type Numbered, type Said } from './current.ts'

/** Whose versions are counted through. */
export interface Plan {
  /** Undefined where no reading names one. */
  readonly account: string | undefined
  readonly accounts: readonly LimitAccount[]
  readonly names: readonly string[]
  readonly total: number
}

/**
 * The plan that is asked for, or that of the newest reading. While readings name one account only, those that name none
 * are of it too.
 * @returns undefined while there is no reading of it
 */
export async function planOf(store: LimitStore, asked: string | undefined): Promise<Plan | undefined> {
  const all = (await store.accounts()).filter(({ versions }) => versions > 0)
  const named = all.filter(({ account }) => account !== '')
  const [only] = named.length === 1 ? named : []
  const one = asked === undefined ? (only ?? all[0]) : named.find(({ account }) => account === asked)
  if (one === undefined) return undefined
  const accounts = one === only ? all : [one]
  return {
    account: one.account === '' ? undefined : one.account,
    accounts,
    names: accounts.map(({ account }) => account),
    total: accounts.reduce((sum, { versions }) => sum + versions, 0),
  }
}

export async function latestOf(store: LimitStore, { names, total }: Plan): Promise<{ said: Said; numbered: Numbered }> {
  const { said, base } = merged(await store.heads(names))
  return { said, numbered: { version: base, current: await store.versionOf(names, base), total } }
}

/** @param version 1 is the oldest, -1 the newest @throws HubError `validation_error` when there is none */
export async function versionAt(store: LimitStore, { names, total }: Plan, version: number): Promise<Numbered> {
  const current = version < 0 ? total + version + 1 : version
  const found = current < 1 || current > total ? undefined : await store.version(names, current)
  if (found === undefined) {
    throw new HubError('validation_error', `version must be 1 to ${total}, or -1 to -${total}; ${version} is none of them`, {
      apiCode: 'VALIDATION_OUT_OF_RANGE',
      suggestion: '1 is the oldest version that is kept, -1 the newest.',
      details: { field: 'version', validRange: { min: 1, max: total }, versionsAvailable: total },
    })
  }
  return { version: found, current, total }
}

export async function versionNear(store: LimitStore, { names, total }: Plan, at: number): Promise<Numbered> {
  const version = await store.nearest(names, at)
  if (version === undefined) throw new HubError('not_found', 'This version has just been removed', { suggestion: 'Ask again.' })
  return { version, current: await store.versionOf(names, version), total }
}
