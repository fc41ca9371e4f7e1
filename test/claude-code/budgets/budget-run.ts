import fs from 'node:fs'
import path from 'node:path'
import { type Answer, bash } from '../../support/messages-api.ts'
import type { AnsweringHub } from '../answers/answering-hub.ts'
import type { Client } from '../client.ts'
import type { BudgetMachine } from './budget-machine.ts'

/** How a budget is spent, in turn. */
export const ways = [
  'one session',
  'subagent',
  'two sessions',
  'two machines',
  'terminal',
  'resumed session',
  'plan window',
  'enough',
] as const
export type Way = (typeof ways)[number]

/** Until a terminal shows something: among thirty busy processes a client made a call in ten seconds. */
export const SHOWN_WITHIN_MS = 300_000

export interface BudgetRun {
  readonly hub: AnsweringHub
  readonly machines: readonly BudgetMachine[]
  readonly client: Client
  readonly number: number
  readonly way: Way
  /** Whether the hub is killed before anything is spent; of a plan window, which only the hub knows, once it is at the line. */
  readonly hubDown: boolean
}

export interface BudgetRunResult {
  readonly run: string
  readonly callsOver: number
  readonly wrong: readonly string[]
}

/** The name of its budget, and of the folder in which it is spent. */
export function nameOf({ way, number }: Pick<BudgetRun, 'way' | 'number'>): string {
  return `${way.replaceAll(' ', '-')}-${number}`
}

/** What a session does between two calls: it leaves a line. */
export function work(index: number, step: number) {
  return bash(`echo ${index}-${step} >> work.txt`)
}

/** Every tool that the model has called has run: nothing is lost. */
export function checkWork(answers: readonly Answer[], folders: readonly string[], wrong: string[]): void {
  const called = answers.flatMap(({ tools }) => tools.filter((tool) => tool === 'Bash')).length
  const done = [...new Set(folders)].reduce((sum, folder) => sum + lines(path.join(folder, 'work.txt')), 0)
  if (called !== done) wrong.push(`${called} tools were called, and ${done} have run`)
}

function lines(file: string): number {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n').length : 0
}
