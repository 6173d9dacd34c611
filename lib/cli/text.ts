/** Text laid out for people: colour, wrapping, tables. */

export interface Paint {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
}

/** Colours, or none. */
export function paint(colour: boolean): Paint {
  const wrap = (on: number, off: number) => (text: string) =>
    colour && text ? `\u001b[${on}m${text}\u001b[${off}m` : text
  return { bold: wrap(1, 22), dim: wrap(2, 22), good: wrap(32, 39), bad: wrap(33, 39) }
}

/** The text without control characters: what others wrote must not steer the terminal. */
export function plain(text: string): string {
  return text.replaceAll('\t', '  ').replace(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

/** Lines of at most `width` characters, broken between words; a longer word stays whole. */
export function wrapped(text: string, width: number): string[] {
  return plain(text)
    .split('\n')
    .flatMap((line) => {
      const lines: string[] = []
      let current = ''
      for (const word of line.split(' ')) {
        if (current !== '' && current.length + 1 + word.length > width) {
          lines.push(current)
          current = word
        } else current = current === '' ? word : `${current} ${word}`
      }
      return [...lines, current]
    })
}

export interface Column {
  title: string
  /** numbers to the right */
  right?: boolean
}

/** Rows under their titles, two spaces between columns; no line ends in spaces. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], style: Paint): string[] {
  const cells = rows.map((row) => row.map(plain))
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((row) => row[i].length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (columns[i].right ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd()
  return [style.dim(line(columns.map(({ title }) => title))), ...cells.map(line)]
}

/** Labelled paragraphs: the label to the left, the text wrapped beside it; a list of texts has one paragraph each. */
export function facts(entries: readonly (readonly [string, string | readonly string[]])[], columns: number): string[] {
  const width = Math.max(...entries.map(([label]) => label.length)) + 2
  return entries.flatMap(([label, text]) => {
    const room = Math.max(columns - width, 30)
    const lines =
      typeof text === 'string'
        ? wrapped(text, room)
        : text.flatMap((item) => wrapped(item, room - 2).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`))
    return lines.map((line, i) => `${(i === 0 ? label : '').padEnd(width)}${line}`.trimEnd())
  })
}
