import { useCallback } from 'react'
import type { BoardSession } from '../hub/answer.ts'
import { SessionControlsProvider } from '../sessions/actions/session-controls.tsx'
import { titleOf } from '../sessions/session-title.ts'
import { useBoard } from '../sessions/use-board.ts'
import { ErrorBoundary } from '../shell/error-boundary.tsx'
import { Button } from '../ui/button.tsx'
import { t } from '../words/ask.ts'
import { openAsk } from './asked.ts'
import { cardOf } from './card-list.tsx'
import { isSamePin, setPins, usePins } from './pins.ts'
import './ask.css'

/** The cards that were pinned in this browser, live. */
export function PinnedCards() {
  const pins = usePins()
  const board = useBoard()
  const nameOf = useCallback((session: BoardSession) => titleOf(session, board), [board])
  return (
    <SessionControlsProvider nameOf={nameOf}>
      <section className="ask-pins" aria-label={t.pinnedCards}>
        {pins.map((pin) => {
          const Card = cardOf(pin)
          return (
            <article key={`${pin.tool} ${JSON.stringify(pin.arguments)}`} className="ask-pin">
              <header>
                <h2 className="small muted" lang="en">
                  {pin.question}
                </h2>
                <Button
                  variant="bare"
                  aria-label={t.unpinNamed(pin.question)}
                  onClick={() => setPins(pins.filter((one) => !isSamePin(one, pin)))}
                >
                  {t.unpin}
                </Button>
              </header>
              <ErrorBoundary>
                {Card === undefined ? <p className="muted">{t.unknownCard}</p> : <Card arguments={pin.arguments} onAsk={openAsk} />}
              </ErrorBoundary>
            </article>
          )
        })}
      </section>
    </SessionControlsProvider>
  )
}
