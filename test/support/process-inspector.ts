interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly url: string; readonly functionName: string; readonly lineNumber: number; readonly columnNumber: number }
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
   * @returns milliseconds of processor time in which code of a file that matches was on the stack, of all code, and the functions of
   * the former with their times
   */
  async profile(durationMs: number, file: RegExp): Promise<{ readonly own: number; readonly all: number; readonly of: string }> {
    await this.#send('Profiler.enable')
    await this.#send('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US })
    await this.#send('Profiler.start')
    await new Promise((resolve) => setTimeout(resolve, durationMs))
    const { profile } = (await this.#send('Profiler.stop')) as { profile: CpuProfile }
    const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
    const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
    const ownFrame = (id: number | undefined): ProfileNode | undefined => {
      const node = id === undefined ? undefined : nodes.get(id)
      return node === undefined || file.test(node.callFrame.url) ? node : ownFrame(parents.get(node.id))
    }
    const idle = new Set(profile.nodes.filter((node) => /^\((?:idle|program)\)$/.test(node.callFrame.functionName)).map(({ id }) => id))
    let [own, all] = [0, 0]
    const functions = new Map<string, number>()
    profile.samples.forEach((id, at) => {
      if (idle.has(id)) return
      const spent = (profile.timeDeltas[at] ?? 0) / 1000
      all += spent
      const frame = ownFrame(id)?.callFrame
      if (frame === undefined) return
      own += spent
      const name = `${frame.functionName || 'anonymous'}:${frame.lineNumber}:${frame.columnNumber}`
      functions.set(name, (functions.get(name) ?? 0) + spent)
    })
    const longest = [...functions].sort(([, a], [, b]) => b - a).slice(0, 6)
    return { own, all, of: longest.map(([name, spent]) => `${name} ${spent.toFixed(1)}`).join(', ') }
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
