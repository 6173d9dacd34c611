import type { Program } from 'acorn'
import { type Finding, findingAt, nodesOf } from './syntax.ts'

/** Control characters, marks that turn the direction of text, characters of no width, line ends that editors do not show, half characters. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069]|(?!^)\ufeff|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
const MOST_FINDINGS = 3

/** Characters that make a reader see other code than the engine runs. */
export function checkCharacters(code: string): Finding[] {
  const findings: Finding[] = []
  for (const { 0: character, index } of code.matchAll(UNSEEN)) {
    const before = code.slice(0, index).split(/\r\n|[\n\r\u2028\u2029]/)
    const name = character.charCodeAt(0).toString(16).padStart(4, '0')
    findings.push({
      line: before.length,
      column: before[before.length - 1].length + 1,
      reason: `The character U+${name.toUpperCase()} cannot be seen and is refused; leave it out, or write \\u${name} in a text.`,
    })
    if (findings.length === MOST_FINDINGS) break
  }
  return findings
}

/** Marks of HTML comments, which are operators in a module. */
export function checkHtmlComments(code: string, tree: Program): Finding[] {
  const findings: Finding[] = []
  if (!code.includes('<!--')) return findings
  for (const node of nodesOf(tree)) {
    if (node.type === 'BinaryExpression' && node.operator === '<' && code.startsWith('<!--', node.right.start - 1))
      findings.push(before(findingAt(node.right, '<!-- begins no comment in a module; write // instead.')))
  }
  return findings
}

/** The same finding one character earlier. */
const before = (finding: Finding): Finding => ({ ...finding, column: finding.column - 1 })
