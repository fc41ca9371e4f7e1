import fs from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The rules whose result depends on the colour scheme; the others run once per state. */
const colorRules = ['color-contrast', 'link-in-text-block']

/**
 * Expects that axe finds no violation in either colour scheme.
 * @param state names the state of the page in a failure
 */
export async function expectNoViolations(page: Page, state = 'this state'): Promise<void> {
  await setColorScheme(page, 'light')
  expect(await findViolations(page, { runOnly: tags }), `${state}, light`).toEqual([])
  await setColorScheme(page, 'dark')
  expect(await findViolations(page, { runOnly: colorRules }), `${state}, dark`).toEqual([])
}

/** The rules whose result depends on the words of a page. */
const wordRules = [
  'aria-command-name',
  'aria-dialog-name',
  'aria-input-field-name',
  'aria-toggle-field-name',
  'button-name',
  'document-title',
  'empty-heading',
  'frame-title',
  'html-has-lang',
  'html-lang-valid',
  'image-alt',
  'input-button-name',
  'label',
  'label-title-only',
  'landmark-unique',
  'link-name',
  'select-name',
  'summary-name',
  'valid-lang',
]

/** As `expectNoViolations`, in another language: nothing but the words of the page is different. */
export async function expectNoViolationsOfWords(page: Page, state: string): Promise<void> {
  expect(await findViolations(page, { runOnly: wordRules }), state).toEqual([])
}

/**
 * As `expectNoViolations`, for something that has opened on a page that was checked before: colours, which take longest, are
 * looked at in it alone.
 * @param opened selects it
 */
export async function expectNoViolationsWith(page: Page, opened: string): Promise<void> {
  await setColorScheme(page, 'light')
  const otherRules = { runOnly: tags, rules: Object.fromEntries(colorRules.map((rule) => [rule, { enabled: false }])) }
  expect(await findViolations(page, otherRules), `with ${opened}`).toEqual([])
  for (const scheme of ['light', 'dark'] as const) {
    await setColorScheme(page, scheme)
    expect(await findViolations(page, { runOnly: colorRules }, opened), `${opened}, ${scheme}`).toEqual([])
  }
}

/** Accessibility violations as text. Runs through the DevTools protocol, because the page's policy blocks injected scripts. */
async function findViolations(page: Page, options: object, part = 'html'): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  const evaluate = async (expression: string) => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value as unknown
  }
  try {
    if ((await evaluate('typeof axe')) === 'undefined') await evaluate(axe)
    const found = await evaluate(
      `axe.run(${JSON.stringify(part)}, ${JSON.stringify({ ...options, resultTypes: ['violations'] })}).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' at ' + target.join(' ') + ': ' + failureSummary)))`,
    )
    return found as string[]
  } finally {
    await session.detach()
  }
}

/** Switches the colour scheme and waits for the transitions: axe would measure intermediate colours. */
async function setColorScheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)).then(() => {})',
  )
}
