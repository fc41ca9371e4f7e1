import type { NamedAccount } from '@signalbox/contract/account'
import type { AuditEntry, AuditQuery } from '@signalbox/contract/audit'
import type { Health, Readiness } from '@signalbox/contract/health'
import type { CreateInvite, Invite, RedeemedInvite, RedeemInvite } from '@signalbox/contract/invite'
import type { CreatedKey, CreateKey, Key } from '@signalbox/contract/key'
import type { CreateSignInLink, SignInLink, WhoAmI } from '@signalbox/contract/login'
import type { MirrorState } from '@signalbox/contract/mirror-state'
import type { EndSignInsQuery, SignIn } from '@signalbox/contract/sign-in'
import type { SessionCheck } from '@signalbox/contract/usage-check'
import type { CallOptions, ListOptions } from './call-options.ts'
import { MachineReads } from './machine-reads.ts'
import type { ListQuery } from './query.ts'

/** The routes about the hub itself: health, keys, sign-ins, invites, the audit log, the log of events, names of accounts. */
export class HubCalls extends MachineReads {
  /** The health of the hub and its database; an unhealthy one (503) is a result here, not an error. Needs no key. */
  checkHealth({ signal }: CallOptions = {}): Promise<Health> {
    return this.http.send({ method: 'GET', path: '/health', alsoOk: 503, signal })
  }

  /** Whether the hub accepts requests; `not_ready` (503) is a result here, not an error. Needs no key. */
  checkReady({ signal }: CallOptions = {}): Promise<Readiness> {
    return this.http.send({ method: 'GET', path: '/health/ready', alsoOk: 503, signal })
  }

  /** What the hub measures, in Prometheus text format. Scope `read`. */
  async getMetrics(): Promise<string> {
    const response = await this.http.open('/metrics', {}, { accept: 'text/plain' }, new AbortController())
    return response.text()
  }

  /** The state of the hub's JSON files of plan limits. Scope `read`. */
  getMirrorState({ signal }: CallOptions = {}): Promise<MirrorState> {
    return this.http.send({ method: 'GET', path: '/api/mirror', signal })
  }

  /** A link that signs a browser in with this client's key, once, within a minute or the seconds given. */
  createSignInLink(link: CreateSignInLink = {}, { signal }: CallOptions = {}): Promise<SignInLink> {
    return this.http.send({ method: 'POST', path: '/api/login/links', body: link, retry: false, signal })
  }

  /** Signed-in browsers of this client's key, or, with the scope `admin`, of all keys, newest first. */
  listSignIns(query: ListQuery = {}, options: ListOptions = {}): Promise<SignIn[]> {
    return this.http.send({ ...options, method: 'GET', path: '/api/sign-ins', query: { ...query } })
  }

  async endSignIn(signInId: string, { signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'DELETE', path: `/api/sign-ins/${encodeURIComponent(signInId)}`, signal })
  }

  /** Signs all browsers out that `listSignIns` lists. */
  endAllSignIns(query: EndSignInsQuery = {}, { signal }: CallOptions = {}): Promise<{ ended: number }> {
    return this.http.send({ method: 'DELETE', path: '/api/sign-ins', query: { ...query }, signal })
  }

  /** Who signed in, made keys and deleted data, newest first; `before` the id of the last entry has the next page. Scope `admin`. */
  listAudit(query: AuditQuery = {}, { signal }: CallOptions = {}): Promise<AuditEntry[]> {
    return this.http.send({ method: 'GET', path: '/api/audit', query: { ...query }, signal })
  }

  /** Managed keys, newest first. Scope `admin`. */
  listKeys(query: ListQuery = {}, options: ListOptions = {}): Promise<Key[]> {
    return this.http.send({ ...options, method: 'GET', path: '/api/keys', query: { ...query } })
  }

  /**
   * Creates a key, which only this response contains. Scope `admin`.
   * If the first response was lost, a retry finds the key already created but cannot return it: `key` is absent then.
   */
  createKey(request: CreateKey, { signal }: CallOptions = {}): Promise<CreatedKey> {
    return this.http.send({ method: 'POST', path: '/api/keys', body: request, idempotent: true, signal })
  }

  /** Revokes a key. Scope `admin`. */
  async revokeKey(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'DELETE', path: '/api/keys/:id', id, signal })
  }

  /**
   * Makes a code that a machine exchanges for a key, once. Scope `admin`.
   * Not repeated after a lost response: a repeated answer would have no code.
   */
  createInvite(request: CreateInvite = {}, { signal }: CallOptions = {}): Promise<Invite> {
    return this.http.send({ method: 'POST', path: '/api/invites', body: request, retry: false, signal })
  }

  /** Exchanges a code for a key. Needs no key. A code works once, so a lost response needs another one. */
  redeemInvite(request: RedeemInvite, { signal }: CallOptions = {}): Promise<RedeemedInvite> {
    return this.http.send({ method: 'POST', path: '/api/invites/redeem', body: request, retry: false, signal })
  }

  /** Signs in with a key and receives a cookie; only useful in a browser. */
  login(key: string, { signal }: CallOptions = {}): Promise<WhoAmI> {
    return this.http.send({ method: 'POST', path: '/api/login', body: { key }, signal })
  }

  async logout({ signal }: CallOptions = {}): Promise<void> {
    await this.http.send({ method: 'POST', path: '/api/logout', signal })
  }

  /** What rows, Claude Code's own record and telemetry have of a session, side by side, and why they differ. Scope `read`. */
  checkSessionUsage(sessionId: string, { signal }: CallOptions = {}): Promise<SessionCheck> {
    return this.http.send({ method: 'GET', path: '/api/usage/sessions/:id/check', id: sessionId, signal })
  }

  /** Gives an account a name for people; null takes it away. Scope `write`. */
  nameAccount(account: string, name: string | null, { signal }: CallOptions = {}): Promise<NamedAccount> {
    return this.http.send({ method: 'PATCH', path: '/api/claude/accounts/:id', id: account, body: { name }, idempotent: true, signal })
  }
}
