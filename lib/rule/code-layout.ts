/** Where the lines of written code break. */

/** Longest line a person reads without scrolling. */
export const LINE = 100

/** `const name = callee(a, b)` on one line, or with an argument a line where that would be too long. */
export function constant(name: string, callee: string, args: readonly string[]): string {
  const line = `const ${name} = ${callee}(${args.join(', ')})`
  if (line.length <= LINE) return line
  return `const ${name} = ${callee}(\n${args.map((arg) => `  ${arg},\n`).join('')})`
}

/** `const name = a + b - c` inside a function, with a summand a line where that would be too long. */
export function localConstant(name: string, value: string): string {
  const line = `  const ${name} = ${value}`
  if (line.length <= LINE) return line
  const summands = value.split(/(?<= [+-]) (?![^(]*\))/)
  return `  const ${name} =\n${summands.map((summand) => `    ${summand}`).join('\n')}`
}

/** A clause of a rule as comment lines, broken before its outer `and` and `or`. */
export function commentLines(clause: string): string[] {
  if (clause.length <= LINE) return [`// ${clause}`]
  const lines: string[] = []
  let line = ''
  for (const part of outerParts(clause)) {
    const indent = lines.length === 0 ? '' : '    '
    if (line !== '' && indent.length + line.length + part.length > LINE) {
      lines.push(`// ${indent}${line.trim()}`)
      line = ''
    }
    line += part
  }
  return [...lines, `// ${lines.length === 0 ? '' : '    '}${line.trim()}`]
}

/** The text cut before every `and` and `or` that stands in no parentheses and no quotes. */
function outerParts(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === "'") quoted = !quoted
    if (quoted) continue
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth === 0 && /^ (?:and|or) /.test(text.slice(at, at + 5))) {
      parts.push(text.slice(from, at))
      from = at
    }
  }
  return [...parts, text.slice(from)]
}
