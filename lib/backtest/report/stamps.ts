import { MS_PER_DAY } from '../../core/days.ts'

const MS_PER_MINUTE = 60_000

/** Minutes from 1970 to a wall-clock time written as `YYYY-MM-DD` or `YYYY-MM-DD HH:MM`, of no time zone. */
export function wallMinutes(text: string): number {
  const day = Date.UTC(+text.slice(0, 4), +text.slice(5, 7) - 1, +text.slice(8, 10)) / MS_PER_DAY
  return day * 1_440 + (text.length > 10 ? +text.slice(11, 13) * 60 + +text.slice(14, 16) : 0)
}

/** The way back: `YYYY-MM-DD HH:MM`. */
export function wallText(minutes: number): string {
  return new Date(minutes * MS_PER_MINUTE).toISOString().slice(0, 16).replace('T', ' ')
}
