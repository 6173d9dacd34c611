import { getLineInfo } from 'acorn'

/** A stretch of one line of the strategy's text and what stands in its place in the compiled text. */
export interface Edit {
  /** 0-based offset of the stretch, and its length */
  offset: number
  length: number
  text: string
  /** offset in the source where an error of the new text lies; absent: where the stretch begins; null: nowhere in it */
  at?: number | null
}

/** A place in a text, both from 1. */
export interface Place {
  line: number
  column: number
}

/** The source with its edits made; they come in order of their offsets and do not overlap. */
export function edited(source: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let at = 0
  for (const edit of edits) {
    parts.push(source.slice(at, edit.offset), edit.text)
    at = edit.offset + edit.length
  }
  parts.push(source.slice(at))
  return parts.join('')
}

/**
 * Where a place that the engine names in the edited text lies in the source; undefined when the source has no such place. The
 * engine ends lines at \n alone and counts code points; the source's own places count UTF-16 units and every kind of line end.
 */
export function placeInSource(source: string, edits: readonly Edit[], place: Place): Place | undefined {
  const text = edited(source, edits)
  const start = startOfLine(text, place.line)
  if (start === undefined || !(place.column >= 1)) return undefined
  const offset = offsetInSource(edits, afterCharacters(text, start, place.column - 1))
  if (offset === null || offset > source.length) return undefined
  const { line, column } = getLineInfo(source, offset)
  return { line, column: column + 1 }
}

function startOfLine(text: string, line: number): number | undefined {
  let start = 0
  for (let i = 1; i !== line; i++) {
    start = text.indexOf('\n', start) + 1
    if (start === 0) return undefined
  }
  return start
}

/** The offset of what stands `count` code points after another. */
function afterCharacters(text: string, from: number, count: number): number {
  let offset = from
  for (let i = 0; i < count && offset < text.length; i++) offset += text.codePointAt(offset)! > 0xffff ? 2 : 1
  return offset
}

function offsetInSource(edits: readonly Edit[], offset: number): number | null {
  let longer = 0
  for (const edit of edits) {
    const start = edit.offset + longer
    if (offset < start) break
    if (offset < start + edit.text.length) return edit.at === undefined ? edit.offset : edit.at
    longer += edit.text.length - edit.length
  }
  return offset - longer
}
