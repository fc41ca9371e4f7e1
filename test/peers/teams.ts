import { jsonOf, listOf, type Peer, type PeerResponse, startPeer, textOf } from './peer.ts'

/** As an address of Power Automate is: what signs it is in the query. */
export const TEAMS_HOOK =
  '/workflows/0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=secretsecretsecretsecret'

/** A workflow of Teams that posts the cards of what it receives. */
export function startTeamsPeer(): Promise<Peer> {
  return startPeer((request) => {
    const [asked, hook] = [new URL(request.path, 'http://peer'), new URL(TEAMS_HOOK, 'http://peer')]
    if (asked.searchParams.get('sig') !== hook.searchParams.get('sig')) return refuse(401, 'DirectApiAuthorizationRequired')
    if (asked.pathname.split('/')[2] !== hook.pathname.split('/')[2]) return refuse(404, 'WorkflowNotFound')
    if (request.bytes.length > 28 * 1024) return refuse(413, 'RequestEntityTooLarge')
    const message = jsonOf(request)
    const cards = listOf(message?.attachments)
    const isValid = message?.type === 'message' && cards.length >= 1 && cards.every(isCard)
    return isValid ? { status: 202 } : refuse(400, 'TriggerInputSchemaMismatch')
  })
}

const refuse = (status: number, code: string): PeerResponse => ({ status, body: { error: { code, message: 'The request is refused.' } } })

function isCard({ contentType, content }: Record<string, unknown>): boolean {
  const { type, version, body, actions } = (content ?? {}) as Record<string, unknown>
  return (
    contentType === 'application/vnd.microsoft.card.adaptive' &&
    type === 'AdaptiveCard' &&
    /^1\.[0-5]$/.test(textOf(version)) &&
    listOf(body).length >= 1 &&
    listOf(body).every(isElement) &&
    listOf(actions).every((action) => action.type === 'Action.OpenUrl' && /^https?:/.test(textOf(action.url)))
  )
}

function isElement(element: Record<string, unknown>): boolean {
  if (element.type === 'RichTextBlock') {
    return (
      listOf(element.inlines).length >= 1 && listOf(element.inlines).every((run) => run.type === 'TextRun' && typeof run.text === 'string')
    )
  }
  return typeof element.type === 'string'
}
