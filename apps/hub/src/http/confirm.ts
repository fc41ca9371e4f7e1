import { HubError } from '../hub-error.ts'

/** @throws HubError `validation_error` when a request that deletes for good does not confirm it */
export function requireConfirmation(
  query: { readonly confirm?: 'true' | undefined },
  body: { readonly confirm?: true | undefined } = {},
): void {
  if (query.confirm === 'true' || body.confirm === true) return
  throw new HubError('validation_error', 'confirm is missing', {
    apiCode: 'VALIDATION_MISSING_FIELD',
    suggestion: 'This cannot be undone. Confirm it with ?confirm=true, or with {"confirm":true} as the body.',
    details: { field: 'confirm' },
  })
}
