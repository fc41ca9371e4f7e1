import { BudgetCalls } from '@signalbox/client/budget-calls'
import { hubOptions } from './hub.ts'

/** Client of the hub with the requests about alerts, questions, keys, sign-ins and the audit log, which the first screen does not load. */
export const wholeHub = new BudgetCalls(hubOptions)
