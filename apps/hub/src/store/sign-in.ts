import type { SignIn } from '@signalbox/contract/sign-in'
import type { Change, ListRange, Page } from './change.ts'

export type SignInRecord = Omit<SignIn, 'current'>

/** Browsers that are signed in at the same time; beyond it the oldest is signed out. */
export const MAX_SIGN_INS = 1000

export interface SignInFilter {
  /** Those of this key only. */
  readonly key_id?: string | undefined
}

export interface SignInStore {
  create(signIn: SignInRecord, change: Change): Promise<void>
  find(id: string): Promise<SignInRecord | undefined>
  /** Newest first, ties by id. */
  list(query: SignInFilter & ListRange): Promise<Page<SignInRecord>>
  /** Records that it was used. */
  touch(id: string, now: number): Promise<void>
  /** @returns whether there was one */
  end(id: string, change: Change): Promise<boolean>
  /** @param filter.except a sign-in that goes on. @returns how many were ended */
  endAll(filter: SignInFilter & { except?: string | undefined }, change: Change): Promise<number>
  /** Removes those that have expired, and those not used since an instant. @returns rows removed */
  sweep(now: number, unusedSince: number): Promise<number>
}
