import * as z from 'zod'
import { parseDay } from '../../core/days.ts'
import { AppError } from '../../core/errors.ts'

const price = z.number()
const date = z.string().refine((text) => !Number.isNaN(parseDay(text)), 'no date YYYY-MM-DD')
const bar = z.object({
  t: z.string().refine((text) => Number.isFinite(Date.parse(text)), 'no instant'),
  o: price,
  h: price,
  l: price,
  c: price,
  v: z.number(),
})
const token = z.string().min(1).nullish()

const barsPage = z.object({
  /** absent or null where there are none */
  bars: z.record(z.string(), z.array(bar).nullable()).nullish(),
  next_page_token: token,
})
export type BarsPage = z.infer<typeof barsPage>

/** `id` tells a repeated event from two equal ones. */
const action = { id: z.string().optional(), symbol: z.string(), ex_date: date }
const split = z.object({ ...action, new_rate: z.number().positive(), old_rate: z.number().positive() })
const dividend = z.object({ ...action, rate: z.number().nonnegative() })

const actionsPage = z.object({
  corporate_actions: z
    .object({
      forward_splits: z.array(split).nullish(),
      reverse_splits: z.array(split).nullish(),
      cash_dividends: z.array(dividend).nullish(),
    })
    .nullish(),
  next_page_token: token,
})
export type ActionsPage = z.infer<typeof actionsPage>

const refusal = z.object({ message: z.string() })

/** What a page holds; throws `internal` naming the place where it is something else. */
function read<Page>(shape: z.ZodType<Page>, text: string, what: string): Page {
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new AppError('internal', `Alpaca's page of ${what} is not JSON. Nothing was stored; try later.`)
  }
  const page = shape.safeParse(content)
  if (page.success) return page.data
  const [issue] = page.error.issues
  throw new AppError(
    'internal',
    `Alpaca's page of ${what} is not as expected: ${issue.path.join('.') || 'the page'}: ${issue.message}. Nothing was stored.`,
  )
}

export const readBars = (text: string): BarsPage => read(barsPage, text, 'bars')
export const readActions = (text: string): ActionsPage => read(actionsPage, text, 'corporate actions')

/** The message of a refusal, cut; empty when there is none. */
export function refusalOf(text: string): string {
  try {
    const parsed = refusal.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data.message.replace(/[^\x20-\x7e]/g, '?').slice(0, 200) : ''
  } catch {
    return ''
  }
}
