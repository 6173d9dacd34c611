/** Every version of the code in which one number literal outside comments is another: n + 1, or 1.1 times a fraction. */
export function mutations(code: string): { at: string; code: string }[] {
  const found: { at: string; code: string }[] = []
  const body = code.replace(/^\/\/.*$/gm, (comment) => ' '.repeat(comment.length))
  for (const match of body.matchAll(/(?<![\w.])\d+(?:\.\d+)?/g)) {
    const [text] = match
    const changed = text.includes('.') ? (Number(text) * 1.1).toFixed(6) : String(Number(text) + 1)
    const before = code.slice(0, match.index)
    found.push({
      at: `${before.split('\n').at(-1)}[${text}]`,
      code: before + changed + code.slice(match.index + text.length),
    })
  }
  return found
}
