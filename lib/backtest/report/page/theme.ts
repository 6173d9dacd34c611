import { byId } from './elements.ts'

/** Colours of the style sheet that charts draw with. */
export type ColourName = 'ink' | 'muted' | 'line' | 'accent' | 'second' | 'gain' | 'loss' | 'surface' | 'fall'

const listeners: (() => void)[] = []

/** Calls `changed` whenever the page turns light or dark. */
export function onTheme(changed: () => void): void {
  listeners.push(changed)
}

export function colour(name: ColourName): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
}

/** The switch: follows the system until it is pressed. */
export function startTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const button = byId<HTMLButtonElement>('theme')
  let before: string | undefined
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark'
  const show = () => {
    button.textContent = isDark() ? 'Light' : 'Dark'
    button.setAttribute('aria-label', `Switch to ${isDark() ? 'light' : 'dark'} colours`)
    for (const changed of listeners) changed()
  }
  // paper is light, whatever the screen is
  addEventListener('beforeprint', () => {
    before = document.documentElement.dataset.theme
    document.documentElement.dataset.theme = 'light'
    show()
  })
  addEventListener('afterprint', () => {
    if (before === undefined) delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = before
    show()
  })
  button.hidden = false
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'
    show()
  })
  system.addEventListener('change', show)
  show()
}
