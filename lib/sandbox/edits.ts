/** A stretch of one line of the strategy's text and what stands in its place in the compiled text. */
export interface Edit {
  line: number
  /** 0-based column and offset of the stretch, and its length */
  column: number
  offset: number
  length: number
  text: string
}

/** The source with its edits made; they come in order of their offsets and do not overlap. */
export function edited(source: string, edits: readonly Edit[]): string {
  let text = ''
  let at = 0
  for (const edit of edits) {
    text += source.slice(at, edit.offset) + edit.text
    at = edit.offset + edit.length
  }
  return text + source.slice(at)
}

/** The column (from 1) in the source of a column in the edited text of the same line. */
export function originalColumn(edits: readonly Edit[], line: number, column: number): number {
  let shift = 0
  for (const edit of edits) {
    if (edit.line !== line) continue
    const start = edit.column + 1 + shift
    if (column < start) break
    if (column < start + edit.text.length) return edit.column + 1
    shift += edit.text.length - edit.length
  }
  return column - shift
}
