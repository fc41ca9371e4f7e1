import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { t } from '../words/palette.ts'
import { findBest, scoreOf } from './match.ts'
import { type Entry, entryKindNames, entryKinds, useEntries } from './use-entries.ts'
import './palette.css'

interface PaletteProps {
  readonly onClose: () => void
  readonly onShortcuts: () => void
}

/** Entries of a kind that are listed at most: fewer while nothing is typed. */
const MAX_OF_KIND = { untyped: 8, typed: 12 } as const

/** Finds sessions, projects, machines, screens and actions by a few letters. */
export function Palette({ onClose, onShortcuts }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const entries = useEntries(typed, onShortcuts)
  const most = typed.trim() === '' ? MAX_OF_KIND.untyped : MAX_OF_KIND.typed
  const groups = entryKinds
    .map((kind) => {
      const found = findBest(
        entries.filter((entry) => entry.kind === kind),
        typed,
        most,
      )
      return { kind, found, best: found[0] === undefined || kind === 'questions' ? 0 : scoreOf(found[0], typed) }
    })
    .filter(({ found }) => found.length > 0)
  // What fits best is first, of whatever kind.
  if (typed.trim() !== '') groups.sort((one, other) => other.best - one.best)
  const shown = groups.flatMap(({ found }) => found)
  // What was typed can always be asked, and is nothing that was found.
  const foundCount = shown.filter(({ kind }) => kind !== 'questions').length
  const at = Math.min(chosen, shown.length - 1)

  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    return () => {
      element?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])

  function run(entry: Entry | undefined): void {
    if (entry === undefined) return
    onClose()
    entry.run()
  }

  function move(event: KeyboardEvent): void {
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8, Home: 0, End: shown.length - 1 }[event.key]
    if (target !== undefined && shown.length > 0 && !(typed !== '' && (event.key === 'Home' || event.key === 'End'))) {
      const isStep = event.key === 'ArrowDown' || event.key === 'ArrowUp'
      const next = isStep ? (target + shown.length) % shown.length : Math.min(shown.length - 1, Math.max(0, target))
      setChosen(next)
      list.current?.querySelectorAll('[role=option]')[next]?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(shown[at])
    else return
    event.preventDefault()
  }

  return (
    <dialog
      className="palette"
      ref={dialog}
      aria-label={t.searchAndCommands}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => event.target === dialog.current && onClose()}
      onKeyDown={() => {}}
    >
      <div className="palette-field">
        <Icon name="search" />
        <input
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={shown[at] === undefined ? undefined : `${id}-${at}`}
          aria-autocomplete="list"
          aria-label={t.searchSessionsProjectsMachines}
          placeholder={t.searchOrRunCommand}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setChosen(0)
          }}
          onKeyDown={move}
        />
        <button type="button" className="palette-close" onClick={onClose}>
          {t.esc}
        </button>
      </div>
      <div className="palette-list" role="listbox" id={`${id}-list`} aria-label={t.found} ref={list}>
        {groups.map(({ kind, found }) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is no group of a list box
          <div key={kind} role="group" aria-label={entryKindNames[kind]} className="palette-group">
            <div className="overline" aria-hidden="true">
              {entryKindNames[kind]}
            </div>
            {found.map((entry) => {
              const index = shown.indexOf(entry)
              return (
                <div
                  key={entry.key}
                  id={`${id}-${index}`}
                  role="option"
                  tabIndex={-1}
                  aria-selected={index === at}
                  className="palette-entry"
                  onPointerMove={() => setChosen(index)}
                  onClick={() => run(entry)}
                  onKeyDown={() => {}}
                >
                  <Icon name={entry.icon} size={16} />
                  <span className="palette-name">{entry.name}</span>
                  {entry.aside !== undefined && <span className="palette-aside small muted">{entry.aside}</span>}
                </div>
              )
            })}
          </div>
        ))}
      </div>
      <p className={foundCount === 0 ? 'palette-none muted' : 'visually-hidden'} role="status">
        {foundCount === 0 ? t.nothingIsFoundTry : t.foundCount(foundCount)}
      </p>
    </dialog>
  )
}
