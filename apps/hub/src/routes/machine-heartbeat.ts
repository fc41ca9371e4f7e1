import { machineRoutes } from '@signalbox/contract/machine'
import { instantOf } from '../clock.ts'
import { serve } from '../http/route.ts'
import { isStoreOutage } from '../hub-error.ts'
import type { RouteContext } from '../route-context.ts'
import { heartbeatMachine } from '../state/machine-heartbeat.ts'
import type { MachineRecord } from '../state/machine-record.ts'

export function machineHeartbeat({ app, store, clock, config, monitor }: RouteContext): void {
  const { machineOfflineMs } = config.rules

  serve(
    app,
    machineRoutes.heartbeat,
    async ({ params: { machine_id: id }, body = {}, changeAt }) => {
      const change = changeAt(clock.now())
      let record: MachineRecord
      try {
        record = await store.machines.change(id, change, (state) => heartbeatMachine(state, id, body, change.now, machineOfflineMs))
      } catch (error) {
        if (isStoreOutage(error)) monitor.noteStoreOutage()
        throw error
      }
      return {
        machine_id: record.machine_id,
        status: record.status,
        last_heartbeat: instantOf(record.last_heartbeat),
        message: 'Heartbeat recorded',
      }
    },
    { hot: 'machine_id' },
  )
}
