import type { RuleClauses } from '../strategy/strategy.ts'

export type CompareOp = '<' | '<=' | '>' | '>=' | '==' | '!='
export type ArithmeticOp = '+' | '-' | '*' | '/'

/** An expression of the rule language; `at` is the offset of its first character in the text it was parsed from. */
export type Expr =
  /** `percent` keeps how it was written: 3% has value 0.03 */
  | { kind: 'number'; value: number; percent: boolean; at: number }
  | { kind: 'string'; value: string; at: number }
  /** a bare name: close, pe, symbol, stocks, bars_held */
  | { kind: 'name'; name: string; at: number }
  | { kind: 'call'; name: string; args: Expr[]; at: number }
  /** x[k] */
  | { kind: 'ago'; of: Expr; bars: number; at: number }
  | { kind: 'negate'; of: Expr; at: number }
  | { kind: 'arithmetic'; op: ArithmeticOp; left: Expr; right: Expr; at: number }
  /** a < b, or a chain a < b < c: ops.length === operands.length - 1 */
  | { kind: 'compare'; operands: Expr[]; ops: CompareOp[]; at: number }
  | { kind: 'in'; of: Expr; values: string[]; negated: boolean; at: number }
  | { kind: 'not'; of: Expr; at: number }
  | { kind: 'and'; parts: Expr[]; at: number }
  | { kind: 'or'; parts: Expr[]; at: number }

/** A parsed and checked rule: expressions beside the clauses they came from. */
export interface Rule {
  readonly clauses: RuleClauses
  readonly timeframe: '1d' | '1h' | '15m' | '5m' | '1m'
  /** UNIVERSE as an expression; `stocks` when the clause is absent */
  readonly universe: Expr
  readonly signal?: Expr
  readonly short?: Expr
  readonly exit?: Expr
  readonly stop?: Expr
  /** `share` is 1 unless TARGET names a part (50% at x) */
  readonly target?: { share: number; level: Expr }
  readonly stopAfterTarget?: Expr
  readonly trail?: Expr
  readonly size?: Expr
  readonly rank?: { by: Expr; order: 'asc' | 'desc' }
}
