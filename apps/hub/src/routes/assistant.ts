import { assistantRoutes } from '@signalbox/contract/assistant'
import type { FastifyRequest } from 'fastify'
import { ownClient, withToolErrors } from '../http/own-client.ts'
import { serve } from '../http/route.ts'
import { HubError } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'

/** Longer than the slowest route, so that its error is the answer. */
const TOOL_TIMEOUT_MS = 60_000

/** Questions in words, and the tools that answer them, for the page. Both ask the routes of this hub as the caller. */
export function assistant({ app, clock, config }: RouteContext): void {
  const client = (request: FastifyRequest) => ownClient(app, request)
  const context = (timezone = config.timezone) => ({ now: clock.now(), timezone, weekStart: config.weekStart })

  serve(
    app,
    assistantRoutes.turn,
    async ({ body: { question, timezone, previous }, request }) => {
      // Loaded with the first question: many hubs are never asked.
      const { understand } = await import('@signalbox/tools/ask/understand')
      return await withToolErrors(() => understand(client(request), question, context(timezone), previous))
    },
    { timeout: TOOL_TIMEOUT_MS },
  )

  serve(
    app,
    assistantRoutes.tool,
    async ({ params: { tool: name }, query: { timezone }, body, request }) => {
      const { askTools } = await import('@signalbox/tools/tool-list')
      const tool = askTools.find((one) => one.name === name)
      if (tool === undefined) {
        throw new HubError('not_found', `There is no tool ${name} that reads`, {
          suggestion: `Tools: ${askTools.map((one) => one.name).join(', ')}.`,
        })
      }
      const input = tool.input.safeParse(body)
      if (!input.success) {
        const [issue] = input.error.issues
        throw new HubError('validation_error', `${[...(issue?.path ?? []), issue?.message].join(' ')}`, {
          suggestion: `Arguments: ${Object.keys(tool.input.shape).join(', ')}.`,
        })
      }
      const { text, data } = await withToolErrors(() => tool.run(client(request), input.data, context(timezone)))
      return { text, data: { ...data } }
    },
    { timeout: TOOL_TIMEOUT_MS, unchecked: true },
  )
}
