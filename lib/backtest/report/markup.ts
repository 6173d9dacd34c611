/** Text that is HTML already; everything else is escaped where it meets markup. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | null | undefined | false | readonly Part[]

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Plain text as HTML, inside elements and quoted attributes alike; control characters that HTML forbids become U+FFFD. */
export function escaped(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => ESCAPES[character])
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd')
  )
}

/** Markup of a template: values are escaped, markup and lists of it are taken as they are, nothing stands for null and false. */
export function html(texts: TemplateStringsArray, ...parts: Part[]): Markup {
  let text = texts[0]
  for (let i = 0; i < parts.length; i++) text += textOf(parts[i]) + texts[i + 1]
  return new Markup(text)
}

function textOf(part: Part): string {
  if (part instanceof Markup) return part.text
  if (Array.isArray(part)) return part.map(textOf).join('')
  return part === null || part === undefined || part === false ? '' : escaped(String(part))
}

/** JSON that can stand in a script element: no character in it can end the element or begin a comment, and it is JavaScript too. */
export function scriptJson(value: unknown): Markup {
  return new Markup(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  )
}
