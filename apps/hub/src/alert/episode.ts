import type { About, Severity, Subject, Verdict } from './rule/rule-kind.ts'

/** An alert that a rule would have opened. Instants are milliseconds. */
export interface Episode {
  readonly subject: string
  readonly about: About
  readonly severity: Severity
  readonly summary: string
  readonly values: Readonly<Record<string, string | number | boolean>>
  readonly opened_at: number
  readonly closed_at?: number
}

export interface EpisodeTimes {
  /** The rule must hold so long. */
  readonly for_ms: number
  /** It must be clear so long; sooner, it is the same alert. */
  readonly clear_ms: number
}

type Holds = Extract<Verdict, { verdict: 'holds' }>

interface Holding {
  readonly subject: Subject
  readonly since: number
  readonly verdict: Holds
}

/** Makes alerts of verdicts that come in the order of time. */
export class Episodes {
  readonly #times: EpisodeTimes
  readonly #holding = new Map<string, Holding>()
  /** The last episode of each subject. */
  readonly #last = new Map<string, Episode>()
  readonly #closed: Episode[] = []

  constructor(times: EpisodeTimes) {
    this.#times = times
  }

  /** The subjects for which the rule holds. */
  get held(): Subject[] {
    return [...this.#holding.values()].map(({ subject }) => subject)
  }

  add(subject: Subject, verdict: Verdict, now: number): void {
    if (verdict.verdict === 'unknown') return
    const holding = this.#holding.get(subject.key)
    if (verdict.verdict === 'holds') {
      if (verdict.closes_itself) {
        if (!this.#last.has(subject.key)) this.#close(subject, verdict, verdict.since, verdict.since)
      } else if (holding === undefined) this.#holding.set(subject.key, { subject, since: this.#begin(subject, verdict, now), verdict })
      return
    }
    if (holding === undefined) return
    this.#holding.delete(subject.key)
    if (now - holding.since >= this.#times.for_ms) this.#close(subject, holding.verdict, holding.since + this.#times.for_ms, now)
  }

  /** All that would have opened since an instant, newest first. */
  since(from: number, now: number): Episode[] {
    const open = [...this.#holding.values()]
      .filter(({ since }) => now - since >= this.#times.for_ms)
      .map(({ subject, since, verdict }) => toEpisode(subject, verdict, since + this.#times.for_ms))
    return [...this.#closed, ...open].filter(({ opened_at }) => opened_at >= from).sort((a, b) => b.opened_at - a.opened_at)
  }

  /** When it began to hold: with the episode before, where that has hardly closed, and never within it. */
  #begin(subject: Subject, { since }: Holds, now: number): number {
    const last = this.#last.get(subject.key)
    if (last?.closed_at === undefined) return since
    const begin = since > last.closed_at ? since : now
    if (begin - last.closed_at >= this.#times.clear_ms) return begin
    this.#closed.splice(this.#closed.lastIndexOf(last), 1)
    return last.opened_at - this.#times.for_ms
  }

  #close(subject: Subject, verdict: Holds, opened: number, closed: number): void {
    const episode = { ...toEpisode(subject, verdict, opened), closed_at: Math.max(opened, closed) }
    this.#closed.push(episode)
    this.#last.set(subject.key, episode)
  }
}

function toEpisode({ key, about }: Subject, { severity, summary, values }: Holds, opened_at: number): Episode {
  return { subject: key, about, severity, summary, values, opened_at }
}
