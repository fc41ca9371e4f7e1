import { ViewCalls } from '@signalbox/client/view-calls'
import { hubOptions } from './hub.ts'

/** Client of the hub with the requests about alerts, questions, keys, sign-ins and the audit log, which the first screen does not load. */
export const wholeHub = new ViewCalls(hubOptions)
