import { Popover } from 'radix-ui'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { classNames } from './class-names.ts'
import { Icon } from './icon.tsx'
import './field.css'
import './picker.css'

export interface PickerOption {
  readonly value: string
  readonly label: string
  /** A figure on the right. */
  readonly aside?: ReactNode
  /** The whole name, for hover. */
  readonly title?: string
}

interface PickerProps {
  /** What is picked: `Model`. */
  readonly label: string
  /** What stands on the button. */
  readonly shown: string
  /** Undefined is what the first option, `all`, stands for. */
  readonly value: string | undefined
  readonly all?: string
  readonly options: readonly PickerOption[] | undefined
  readonly onPick: (value: string | undefined) => void
  /** Something is picked that narrows the view. */
  readonly lit?: boolean
  readonly onOpen?: (open: boolean) => void
  /** Below the list; gets what closes the window. */
  readonly footer?: (close: () => void) => ReactNode
}

/** More options than this are searched, not scanned. */
const SCANNED = 7

/** A button with a list to pick one from, by pointer or keyboard. */
export function Picker({ label, shown, value, all, options, onPick, lit = false, onOpen, footer }: PickerProps) {
  const [open, setOpen] = useState(false)
  function change(next: boolean): void {
    setOpen(next)
    onOpen?.(next)
  }
  return (
    <Popover.Root open={open} onOpenChange={change}>
      <Popover.Trigger className={classNames('button', 'picker', lit && 'picker-set')} aria-label={`${label}: ${shown}`}>
        <span className="picker-shown">{shown}</span>
        <Icon name="down" size={14} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="picker-window" align="start" sideOffset={6} collisionPadding={12} aria-label={label}>
          {options === undefined ? (
            <p className="picker-note">Being fetched …</p>
          ) : (
            <List
              label={label}
              value={value}
              options={all === undefined ? options : [{ value: '\u0000', label: all }, ...options]}
              searched={options.length > SCANNED}
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
  readonly searched: boolean
  readonly onPick: (value: string) => void
}

/** The focus stays where the letters go; which option is meant is told by `aria-activedescendant`. */
function List({ label, value, options, searched, onPick }: ListProps) {
  const id = useId()
  const [words, setWords] = useState('')
  const chosen = value ?? '\u0000'
  const found = options.filter((option) => `${option.label} ${option.title ?? ''}`.toLowerCase().includes(words.trim().toLowerCase()))
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      options.findIndex((option) => option.value === chosen),
    ),
  )
  const active = Math.min(at, found.length - 1)
  const list = useRef<HTMLDivElement>(null)

  // The options may come after the window has opened, and then its focus is still nowhere.
  useEffect(() => {
    const box = list.current
    const target = searched ? box?.parentElement?.querySelector('input') : box
    target?.focus({ preventScroll: true })
  }, [searched])

  // By hand: `scrollIntoView` would move the page as well.
  useEffect(() => {
    const box = list.current
    const option = box?.children[active]
    if (box === null || !(option instanceof HTMLElement)) return
    const top = option.offsetTop - box.offsetTop
    if (top < box.scrollTop) box.scrollTop = top
    else if (top + option.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + option.offsetHeight - box.clientHeight
  }, [active])

  function pressed(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: found.length - 1 }
    const next = steps[event.key]
    const option = found[active]
    if (next !== undefined && !(searched && (event.key === 'Home' || event.key === 'End'))) {
      event.preventDefault()
      setAt(Math.min(found.length - 1, Math.max(0, next)))
    } else if ((event.key === 'Enter' || (event.key === ' ' && !searched)) && option !== undefined) {
      event.preventDefault()
      onPick(option.value)
    }
  }

  const pointing = {
    'aria-controls': id,
    'aria-activedescendant': found[active] === undefined ? undefined : `${id}-${active}`,
    onKeyDown: pressed,
  }
  return (
    <>
      {searched && (
        <input
          className="input"
          role="combobox"
          aria-expanded="true"
          aria-label={`Find in ${label.toLowerCase()}s`}
          placeholder="Find …"
          value={words}
          onChange={(event) => {
            setWords(event.target.value)
            setAt(0)
          }}
          {...pointing}
        />
      )}
      <div
        className="picker-list"
        role="listbox"
        id={id}
        ref={list}
        aria-label={label}
        tabIndex={searched ? -1 : 0}
        {...(searched ? {} : pointing)}
      >
        {found.map((option, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are heard where the focus is, on the list or its search field
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
          Nothing has this in its name.
        </p>
      )}
    </>
  )
}
