/** What is due at an instant, the earliest first: a binary heap. */
export class DueQueue<T> {
  readonly #heap: { readonly at: number; readonly value: T }[] = []

  add(at: number, value: T): void {
    const heap = this.#heap
    let place = heap.push({ at, value }) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (heap[parent]!.at <= heap[place]!.at) break
      swap(heap, parent, place)
      place = parent
    }
  }

  /** Takes the earliest that is due by an instant. */
  take(by: number): { readonly at: number; readonly value: T } | undefined {
    const heap = this.#heap
    const first = heap[0]
    if (first === undefined || first.at > by) return undefined
    const last = heap.pop()!
    if (heap.length === 0) return first
    heap[0] = last
    for (let place = 0; ; ) {
      const [left, right] = [2 * place + 1, 2 * place + 2]
      const least = [left, right].filter((child) => child < heap.length).reduce((a, b) => (heap[b]!.at < heap[a]!.at ? b : a), place)
      if (least === place) return first
      swap(heap, least, place)
      place = least
    }
  }
}

function swap<T>(list: T[], a: number, b: number): void {
  const held = list[a]!
  list[a] = list[b]!
  list[b] = held
}
