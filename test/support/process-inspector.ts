interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly url: string; readonly functionName: string }
  readonly children?: readonly number[]
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  /** In microseconds. */
  readonly timeDeltas: readonly number[]
}

const SAMPLING_INTERVAL_US = 500

/** The inspector of a running process of Node, which listens at the port of its option `--inspect-port` when it gets SIGUSR1. */
export class ProcessInspector {
  readonly #socket: WebSocket
  readonly #answers = new Map<number, (result: Record<string, unknown>) => void>()
  #sent = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const { id, result, error } = JSON.parse(String(data)) as { id?: number; result?: Record<string, unknown>; error?: unknown }
      if (id === undefined) return
      if (error !== undefined) throw new Error(JSON.stringify(error))
      this.#answers.get(id)?.(result ?? {})
      this.#answers.delete(id)
    })
  }

  static async open(pid: number, port: number, timeoutMs = 60_000): Promise<ProcessInspector> {
    process.kill(pid, 'SIGUSR1')
    const deadline = Date.now() + timeoutMs
    for (;;) {
      try {
        const [target] = (await (await fetch(`http://127.0.0.1:${port}/json`)).json()) as { webSocketDebuggerUrl: string }[]
        const socket = new WebSocket(target!.webSocketDebuggerUrl)
        await new Promise((resolve, reject) => {
          socket.addEventListener('open', resolve)
          socket.addEventListener('error', reject)
        })
        return new ProcessInspector(socket)
      } catch (error) {
        if (Date.now() > deadline) throw error
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    }
  }

  /** Live objects of its JavaScript, in bytes, after everything else was collected; and what they hold outside of the heap. */
  async memory(): Promise<number> {
    for (let n = 0; n < 3; n++) await this.#send('HeapProfiler.collectGarbage')
    const { result } = (await this.#send('Runtime.evaluate', {
      expression: '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())',
    })) as { result: { value: number } }
    return result.value
  }

  /**
   * Where the process spends its time.
   * @returns milliseconds of processor time in which code of a file that matches was on the stack, and of all code
   */
  async profile(durationMs: number, file: RegExp): Promise<{ readonly own: number; readonly all: number }> {
    await this.#send('Profiler.enable')
    await this.#send('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US })
    await this.#send('Profiler.start')
    await new Promise((resolve) => setTimeout(resolve, durationMs))
    const { profile } = (await this.#send('Profiler.stop')) as { profile: CpuProfile }
    const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
    const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
    const isOwn = (id: number | undefined): boolean =>
      id !== undefined && (file.test(nodes.get(id)?.callFrame.url ?? '') || isOwn(parents.get(id)))
    const idle = new Set(profile.nodes.filter((node) => /^\((?:idle|program)\)$/.test(node.callFrame.functionName)).map(({ id }) => id))
    let [own, all] = [0, 0]
    profile.samples.forEach((id, at) => {
      if (idle.has(id)) return
      const spent = (profile.timeDeltas[at] ?? 0) / 1000
      all += spent
      if (isOwn(id)) own += spent
    })
    return { own, all }
  }

  close(): void {
    this.#socket.close()
  }

  #send(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    const id = ++this.#sent
    return new Promise((resolve) => {
      this.#answers.set(id, resolve)
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
  }
}
