/** A change that has to be asked about before anything is changed. */
export class Asked extends Error {
  readonly notUnderstood: readonly string[]

  constructor(question: string, notUnderstood: readonly string[] = []) {
    super(question)
    this.notUnderstood = notUnderstood
  }
}

/** "A and B", "A, B and C" */
export function listed(items: readonly string[], joint = 'and'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${joint} ${items.at(-1)}`
}

export const times = (count: number): string => (count === 2 ? 'twice' : `${count} times`)
