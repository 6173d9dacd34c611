/** The element with an id; the document has every one that is asked for. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The report has no element "${id}".`)
  return found as Kind
}

/** A new element with text: never markup, so that no text of a strategy becomes any. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { text, look }: { text?: string; look?: string } = {},
  ...children: Node[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  if (text !== undefined) made.textContent = text
  if (look) made.className = look
  made.append(...children)
  return made
}

/** A class for a number's sign; the sign is written too. */
export const signLook = (value: number | null): string =>
  value === null || value === 0 ? 'num' : value > 0 ? 'num up' : 'num down'
