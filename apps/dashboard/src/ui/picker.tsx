import { Popover } from 'radix-ui'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { t } from '../words/ui.ts'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'
import './field.css'
import './picker.css'

export interface PickerOption {
  readonly value: string
  readonly label: string
  /** Shown on the right. */
  readonly aside?: ReactNode
  /** The full name, shown on hover. */
  readonly title?: string
}

interface PickerProps {
  /** Name of the choice, such as `Model`. */
  readonly label: string
  /** Text of the button. */
  readonly text: string
  /** Undefined selects the first option, `all`. */
  readonly value: string | undefined
  readonly all?: string
  readonly options: readonly PickerOption[] | undefined
  readonly onPick: (value: string | undefined) => void
  /** Highlights the button: the choice narrows the view. */
  readonly highlighted?: boolean
  readonly onOpen?: (open: boolean) => void
  /** Shown below the list; receives a function that closes the popover. */
  readonly footer?: (close: () => void) => ReactNode
}

/** Longer lists get a search field. */
const MAX_UNSEARCHED_OPTIONS = 7

/** A button that opens a list of options, for pointer and keyboard. */
export function Picker({ label, text, value, all, options, onPick, highlighted = false, onOpen, footer }: PickerProps) {
  const [open, setOpen] = useState(false)
  function change(next: boolean): void {
    setOpen(next)
    onOpen?.(next)
  }
  return (
    <Popover.Root open={open} onOpenChange={change}>
      <Popover.Trigger className={classNames('button', 'picker', highlighted && 'picker-set')} aria-label={`${label}: ${text}`}>
        <span className="picker-text">{text}</span>
        <Icon name="down" size={14} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="picker-popover" align="start" sideOffset={6} collisionPadding={12} aria-label={label}>
          {options === undefined ? (
            <p className="picker-note">{t.loading}</p>
          ) : (
            <List
              label={label}
              value={value}
              options={all === undefined ? options : [{ value: '\u0000', label: all }, ...options]}
              searchable={options.length > MAX_UNSEARCHED_OPTIONS}
              onPick={(picked) => {
                onPick(picked === '\u0000' ? undefined : picked)
                change(false)
              }}
            />
          )}
          {footer?.(() => change(false))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

interface ListProps {
  readonly label: string
  readonly value: string | undefined
  readonly options: readonly PickerOption[]
  readonly searchable: boolean
  readonly onPick: (value: string) => void
}

/** The focus stays on the search field or the list; `aria-activedescendant` names the active option. */
function List({ label, value, options, searchable, onPick }: ListProps) {
  const id = useId()
  const [search, setSearch] = useState('')
  const chosen = value ?? '\u0000'
  const found = options.filter((option) => `${option.label} ${option.title ?? ''}`.toLowerCase().includes(search.trim().toLowerCase()))
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      options.findIndex((option) => option.value === chosen),
    ),
  )
  const active = Math.min(at, found.length - 1)
  const list = useRef<HTMLDivElement>(null)

  // The options may load after the popover has opened, when nothing in it has the focus.
  useEffect(() => {
    const box = list.current
    const target = searchable ? box?.parentElement?.querySelector('input') : box
    target?.focus({ preventScroll: true })
  }, [searchable])

  // `scrollIntoView` would scroll the page too.
  useEffect(() => {
    const box = list.current
    const option = box?.children[active]
    if (box === null || !(option instanceof HTMLElement)) return
    const top = option.offsetTop - box.offsetTop
    if (top < box.scrollTop) box.scrollTop = top
    else if (top + option.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + option.offsetHeight - box.clientHeight
  }, [active])

  function handleKey(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: found.length - 1 }
    const next = steps[event.key]
    const option = found[active]
    if (next !== undefined && !(searchable && (event.key === 'Home' || event.key === 'End'))) {
      event.preventDefault()
      setAt(Math.min(found.length - 1, Math.max(0, next)))
    } else if ((event.key === 'Enter' || (event.key === ' ' && !searchable)) && option !== undefined) {
      event.preventDefault()
      onPick(option.value)
    }
  }

  const activeProps = {
    'aria-controls': id,
    'aria-activedescendant': found[active] === undefined ? undefined : `${id}-${active}`,
    onKeyDown: handleKey,
  }
  return (
    <>
      {searchable && (
        <input
          className="input"
          role="combobox"
          aria-expanded="true"
          aria-label={t.findIn(label)}
          placeholder={t.find}
          value={search}
          onChange={(event) => {
            setSearch(event.target.value)
            setAt(0)
          }}
          {...activeProps}
        />
      )}
      <div
        className="picker-list"
        role="listbox"
        id={id}
        ref={list}
        aria-label={label}
        tabIndex={searchable ? -1 : 0}
        {...(searchable ? {} : activeProps)}
      >
        {found.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: key events go to the focused list or search field
          <div
            key={option.value}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={option.value === chosen}
            data-active={index === active || undefined}
            title={option.title}
            onClick={() => onPick(option.value)}
            onPointerMove={() => setAt(index)}
          >
            <span className="picker-check">{option.value === chosen && <Icon name="check" size={14} />}</span>
            <span className="picker-label">{option.label}</span>
            {option.aside !== undefined && <span className="picker-aside">{option.aside}</span>}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p className="picker-note" role="status">
          {t.noMatch}
        </p>
      )}
    </>
  )
}
