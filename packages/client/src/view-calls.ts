import type { ToolAnswerBody, Turn, TurnAnswer } from '@signalbox/contract/assistant'
import type { Prices } from '@signalbox/contract/price'
import type { ChangeSavedView, CreateSavedView, SavedView } from '@signalbox/contract/saved-view'
import { BudgetCalls } from './budget-calls.ts'
import type { CallOptions } from './call-options.ts'

const PATH = '/api/views'

/** Saved views, prices and questions in words, added to the calls before. */
export class ViewCalls extends BudgetCalls {
  /** Scope `read`. */
  listViews({ signal }: CallOptions = {}): Promise<SavedView[]> {
    return this.http.send({ method: 'GET', path: PATH, signal })
  }

  /** Scope `write`. */
  saveView(view: CreateSavedView, { signal }: CallOptions = {}): Promise<SavedView> {
    return this.http.send({ method: 'POST', path: PATH, body: view, signal })
  }

  /** Absent properties stay. Scope `write`. */
  changeView(viewId: string, change: ChangeSavedView, { signal }: CallOptions = {}): Promise<SavedView> {
    return this.http.send({ method: 'PUT', path: `${PATH}/:id`, id: viewId, body: change, signal })
  }

  /** Scope `write`. */
  removeView(viewId: string, { signal }: CallOptions = {}): Promise<void> {
    return this.http.send({ method: 'DELETE', path: `${PATH}/:id`, id: viewId, signal })
  }

  /** The prices with which the hub computes costs. Scope `read`. */
  listPrices({ signal }: CallOptions = {}): Promise<Prices> {
    return this.http.send({ method: 'GET', path: '/api/prices', signal })
  }

  /** What a question in words asks for; nothing is changed. Scope `read`. */
  understandQuestion(turn: Turn, { signal }: CallOptions = {}): Promise<TurnAnswer> {
    return this.http.send({ method: 'POST', path: '/api/assistant/turns', body: turn, signal })
  }

  /** Asks one of the tools that read. Scope `read`. */
  askTool(
    tool: string,
    input: Readonly<Record<string, unknown>>,
    { signal, ...query }: CallOptions & { readonly timezone?: string } = {},
  ): Promise<ToolAnswerBody> {
    return this.http.send({ method: 'POST', path: '/api/tools/:id', id: tool, query, body: input, signal })
  }
}
