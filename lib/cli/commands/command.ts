import type { CommandForm, Flag } from '../arguments.ts'
import type { Json, Session } from '../session.ts'

/** One command: its form and what it does; gives the exit code. */
export interface Command extends CommandForm {
  run(session: Session): Promise<number>
}

export const START: Flag = { kind: 'date', value: 'D', meaning: 'first day, YYYY-MM-DD' }
export const END: Flag = { kind: 'date', value: 'D', meaning: 'last day, YYYY-MM-DD' }
export const AS_OF: Flag = {
  kind: 'moment',
  value: 'D',
  meaning: 'look at this day instead of the last one; of intraday bars also at a time, "YYYY-MM-DD HH:MM"',
}
export const SYMBOLS: Flag = { kind: 'symbols', value: 'A,B', meaning: 'these symbols only' }
/** Where the tables of a backtest go. */
export const CSV = {
  kind: 'text',
  value: 'DIR',
  meaning: 'write trades.csv and equity.csv into this folder, which must exist',
} as const
export const OUT: Flag = { kind: 'text', value: 'FILE', meaning: 'write the full JSON to this file' }

/** The body without its undefined fields. */
export function given(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
