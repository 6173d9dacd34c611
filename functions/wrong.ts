import type { z } from 'zod'
import { AppError } from '../lib/core/errors.ts'

type Issue = z.core.$ZodIssue

/** What is wrong with a request, each fault with its place: `too_large` when all of it is texts over their limit, else `bad_request`. */
export function whatIsWrong(error: z.ZodError, where: string): AppError {
  const issues = error.issues.flatMap(mostTelling)
  const faults = issues.map((issue) => ({ where: place(issue.path, where), message: sentence(issue, where) }))
  const messages = faults.map((fault) => fault.message)
  const more = messages.length > 3 ? ` And ${messages.length - 3} more.` : ''
  const oversize = issues.every((issue) => issue.code === 'too_big' && issue.origin === 'string')
  return new AppError(oversize ? 'too_large' : 'bad_request', messages.slice(0, 3).join(' ') + more, {
    issues: faults.slice(0, 20),
  })
}

/** Of the forms a value may have, the one it is nearest to: the fewest faults, and none about the kind of value. */
function mostTelling(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const misfit = (faults: Issue[]) =>
    faults.length + (faults.some((f) => f.path.length === 0 && f.code === 'invalid_type') ? 100 : 0)
  const nearest = issue.errors.reduce((best, faults) => (misfit(faults) < misfit(best) ? faults : best))
  if (misfit(nearest) > 100) return [issue]
  return nearest.flatMap((fault) => mostTelling({ ...fault, path: [...issue.path, ...fault.path] }))
}

const place = (path: PropertyKey[], where: string) =>
  path.length === 0 ? where : path.map((part) => String(part).slice(0, 60)).join('.')

function sentence(issue: Issue, where: string): string {
  const at = place(issue.path, where)
  const given = shown(issue.input)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const keys = issue.keys.map((key) => `"${key.slice(0, 60)}"`).slice(0, 5)
      const fields = keys.length === 1 ? `Unknown field ${keys[0]}` : `Unknown fields ${keys.join(', ')}`
      return `${fields} in ${at}. Leave it out or correct its name.`
    }
    case 'invalid_type':
      if (issue.input === undefined) return `${at} is missing: give ${article(issue.expected)}.`
      return `${at} must be ${article(issue.expected)}, not ${given}.`
    case 'invalid_value':
      return `${at} must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}, not ${given}.`
    case 'too_small':
      if (issue.origin === 'string') return `${at} is empty. Write something, or leave it out.`
      if (issue.origin === 'array') return `${at} is an empty list. Name at least ${issue.minimum}, or leave it out.`
      return `${at} must be ${issue.minimum} or more, not ${given}.`
    case 'too_big':
      if (issue.origin === 'string') return `${at} is longer than ${issue.maximum} characters. Shorten it.`
      if (issue.origin === 'array') return `${at} names more than ${issue.maximum}. Name fewer.`
      return `${at} must be ${issue.maximum} or less, not ${given}.`
    case 'invalid_union':
      if (issue.errors.length > 0) return `${at} has none of the forms it may have, being ${given}.`
      return `${at} ${issue.message}`
    case 'invalid_format':
    case 'custom':
      return `${at} ${issue.message}`
    default:
      return `${at}: ${issue.message}${given === undefined ? '' : ` (got ${given})`}.`
  }
}

const article = (kind: string) =>
  kind === 'int' ? 'a whole number' : /^[aeio]/.test(kind) ? `an ${kind}` : `a ${kind}`

function shown(input: unknown): string {
  if (Array.isArray(input)) return 'a list'
  if (typeof input === 'object' && input !== null) return 'an object'
  const text = JSON.stringify(input) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}...` : text
}
