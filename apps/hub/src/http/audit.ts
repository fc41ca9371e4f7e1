import type { AuditAction } from '@signalbox/contract/audit'
import type { FastifyRequest } from 'fastify'
import type { NewAuditEntry } from '../store/audit-entry.ts'
import { plainAddress } from './client-address.ts'

/** What a proxy passes on as an address may be any text. */
const MAX_ADDRESS = 100

/** The entry of the audit log for what a request does. */
export function auditEntry(request: FastifyRequest, action: AuditAction, details: NewAuditEntry['details']): NewAuditEntry {
  const { principal } = request
  return { action, key_id: principal?.id, key_name: principal?.name, address: addressOf(request), details }
}

/** The address of a client, for people. */
export function addressOf(request: FastifyRequest): string {
  return (plainAddress(request.ip) ?? 'unknown').slice(0, MAX_ADDRESS)
}
