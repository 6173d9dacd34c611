import * as z from 'zod'
import { generationAnswer, proofAnswer } from './answers.ts'
import { proofText, understoodBy } from './show-strategy.ts'
import { facts, paint, plain, wrapped } from './text.ts'

const texts = z.array(z.string())
const questions = z.object({ questions: texts, not_understood: texts, assumptions: texts })
const asking = z.object({ generation: generationAnswer })
const refusal = z.object({ offer: z.string() })
const different = z.object({ proof: proofAnswer })
const places = z.array(
  z.looseObject({
    line: z.number().optional(),
    column: z.number().optional(),
    message: z.string().optional(),
    reason: z.string().optional(),
  }),
)

/** An error for people: its message, then what its details hold of use: questions, an offer, differences, places in code. */
export function errorText(error: { code: string; message: string; details?: unknown }, columns: number): string[] {
  const width = Math.max(40, Math.min(columns, 110))
  const took = asking.safeParse(error.details).data?.generation
  return [
    ...wrapped(`saywhen: ${error.message}`, width),
    ...detailsText(error, width),
    ...(took?.model ? ['', ...facts([['Asked', understoodBy(took)]], width)] : []),
  ]
}

function detailsText({ message, details }: { message: string; details?: unknown }, width: number): string[] {
  const asked = questions.safeParse(details).data
  if (asked) {
    const entries: [string, string[]][] = []
    if (asked.questions.length > 0) entries.push(['Questions', asked.questions])
    if (asked.assumptions.length > 0) entries.push(['Understood', asked.assumptions])
    return entries.length > 0 ? ['', ...facts(entries, width)] : []
  }
  const offer = refusal.safeParse(details).data?.offer
  if (offer) return ['', ...facts([['Instead', offer]], width)]
  const proof = different.safeParse(details).data?.proof
  if (proof) return ['', ...proofText(proof, paint(false), width)]
  const lists = typeof details === 'object' && details !== null ? Object.values(details) : []
  return lists.flatMap((list) => placesText(list, message))
}

/** Line, column and reason of each place, unless the message says it already. */
function placesText(list: unknown, message: string): string[] {
  const found = places.safeParse(list).data ?? []
  return found.slice(0, 20).flatMap(({ line, column, message: text, reason }) => {
    const what = text ?? reason
    if (what === undefined || message.includes(what)) return []
    const at = line === undefined ? '' : `line ${line}${column === undefined ? '' : `, column ${column}`}: `
    return [plain(`  ${at}${what}`)]
  })
}
