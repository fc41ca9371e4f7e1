import { sharedValue } from '../ui/shared-value.ts'

/** That the panel is open, and the question with which it was opened; each opening is an object of its own. */
export interface Asked {
  readonly question?: string | undefined
}

const asked = sharedValue<Asked | undefined>(undefined)

/** Opens the panel of questions on any screen, and asks what is given. */
export const openAsk = (question?: string): void => asked.set({ question })
export const closeAsk = (): void => asked.set(undefined)

/** Undefined while the panel is closed. */
export const useAsked = asked.use
