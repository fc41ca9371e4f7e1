import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useEffectEvent, useRef, useState } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { useUsageSummary } from '../hub/usage.ts'
import type { RoutePath } from '../router/route-search.ts'
import { useNavigate, usePlace } from '../router/use-router.ts'
import { SessionControlsProvider } from '../sessions/actions/session-controls.tsx'
import { needsAttention } from '../sessions/session-state.ts'
import { titleOf } from '../sessions/session-title.ts'
import { useBoard } from '../sessions/use-board.ts'
import { ErrorBoundary } from '../shell/error-boundary.tsx'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'
import { chooseTheme } from '../ui/theme.ts'
import { browserTimeZone } from '../ui/time-format.ts'
import { useMedia } from '../ui/use-media.ts'
import { t } from '../words/ask.ts'
import { askQuestions } from '../words/ask-questions.ts'
import { Answer, Suggestions } from './answer.tsx'
import { type Asked, closeAsk } from './asked.ts'
import { useThread } from './thread.ts'
import '../ui/field.css'
import './ask.css'

/** The most characters of a question; the hub takes no more. */
const MAX_LENGTH = 500
/** Where panel and screen have room beside each other. */
const WIDE = '(min-width: 1100px)'
const paths: Readonly<Record<string, RoutePath>> = {
  today: '/',
  sessions: '/sessions',
  usage: '/usage',
  limits: '/limits',
  settings: '/settings',
}

/** Questions in words and their answers, beside every screen; on a narrow one over it. */
export function AskPanel({ asked }: { readonly asked: Asked }) {
  const { turns, ask, choose } = useThread()
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [recalled, setRecalled] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const board = useBoard()
  const nameOf = useCallback((session: BoardSession) => titleOf(session, board), [board])

  const send = useCallback(
    async (question: string): Promise<void> => {
      const said = question.trim()
      if (said === '') return
      setText('')
      setRecalled(0)
      const call = await ask(said)
      // What could not be sent is not lost.
      if (call === 'offline') setText((typed) => (typed === '' ? said : typed))
      else if (call?.tool === 'navigate') void navigate({ to: paths[String(call.arguments.to)] ?? '/' })
      else if (call?.tool === 'look_set') chooseTheme(call.arguments.theme === 'dark' ? 'dark' : 'light')
    },
    [ask, navigate],
  )
  const open = useEffectEvent(({ question }: Asked) => {
    field.current?.focus()
    if (question !== undefined) void send(question)
  })
  // Once for each opening, in strict mode too.
  const opened = useRef<Asked>(undefined)
  useEffect(() => {
    if (opened.current === asked) return
    opened.current = asked
    open(asked)
  }, [asked])

  // A link of a card leads behind the panel where that covers the screen.
  const { path } = usePlace()
  const left = useRef(path)
  useEffect(() => {
    if (left.current === path) return
    left.current = path
    if (!matchMedia(WIDE).matches) closeAsk()
  }, [path])

  const last = turns.at(-1)?.id
  useEffect(() => {
    if (last !== undefined) list.current?.lastElementChild?.scrollIntoView({ block: 'start' })
  }, [last])

  function recall(event: KeyboardEvent): void {
    const step = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0
    const next = Math.max(0, recalled + step)
    if (step === 0 || (step === 1 && turns.length < next)) return
    event.preventDefault()
    setRecalled(next)
    setText(next === 0 ? '' : (turns.at(-next)?.question ?? ''))
  }

  return (
    <Frame>
      <SessionControlsProvider nameOf={nameOf}>
        <header className="ask-head">
          <h2>{t.ask}</h2>
          <Button variant="bare" onClick={closeAsk} aria-label={t.close}>
            <Icon name="close" size={16} />
          </Button>
        </header>
        <div className="ask-thread">
          {turns.length === 0 && <Welcome onAsk={send} />}
          <div role="log" aria-label={t.answers}>
            <ol ref={list}>
              {turns.map((turn) => (
                <li key={turn.id}>
                  <article>
                    <h3 className="ask-question breakable" lang="en">
                      {turn.question}
                    </h3>
                    <ErrorBoundary>
                      <Answer turn={turn} onAsk={send} onChoose={(id) => choose(turn, id)} />
                    </ErrorBoundary>
                  </article>
                </li>
              ))}
            </ol>
          </div>
        </div>
        <form
          className="ask-form"
          onSubmit={(event) => {
            event.preventDefault()
            void send(text)
          }}
        >
          <input
            ref={field}
            className="input"
            aria-label={t.question}
            placeholder={t.askPlaceholder}
            maxLength={MAX_LENGTH}
            autoComplete="off"
            lang="en"
            value={text}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={recall}
          />
          <Button type="submit" variant="primary">
            {t.send}
          </Button>
        </form>
      </SessionControlsProvider>
    </Frame>
  )
}

/** Before the first question: what can be asked, and what helps now. */
function Welcome({ onAsk }: { readonly onAsk: (question: string) => void }) {
  const { sessions = [] } = useBoard()
  const summary = useUsageSummary({ timezone: browserTimeZone() })
  const waits = sessions.some(needsAttention)
  const hasUsage = summary.data?.lastUpdated != null
  const { whoWaits, spentToday, why, week, health, connect, missed } = askQuestions
  const questions = [...(waits ? [whoWaits] : []), ...(hasUsage ? [spentToday, why, week] : [health, connect]), missed]
  return (
    <>
      <p>{t.askAbout}</p>
      <Suggestions questions={questions.slice(0, 4)} onAsk={onAsk} />
      <p className="small muted">{t.byWordsAlone}</p>
    </>
  )
}

/** Beside the screen, which stays in use, where there is room; over it elsewhere. The focus returns to where it was. */
function Frame({ children }: { readonly children: ReactNode }) {
  const isWide = useMedia(WIDE)
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  useEffect(() => {
    const element = dialog.current
    if (isWide || element === null) return
    element.showModal()
    return () => element.close()
  }, [isWide])
  if (!isWide) {
    return (
      <dialog
        className="ask-panel"
        ref={dialog}
        aria-label={t.ask}
        onCancel={(event) => {
          event.preventDefault()
          closeAsk()
        }}
      >
        {children}
      </dialog>
    )
  }
  return (
    <aside className="ask-panel" aria-label={t.ask} onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && closeAsk()}>
      {children}
    </aside>
  )
}
