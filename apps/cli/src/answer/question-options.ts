import type { HubOptions } from '../hub/with-hub.ts'

export interface QuestionListOptions extends HubOptions {
  readonly session?: string
}

export interface AnswerOptions extends HubOptions {
  readonly always?: true
  readonly message?: string
}

export type LinkOptions = HubOptions
