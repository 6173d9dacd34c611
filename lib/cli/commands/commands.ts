import {
  alertsDelete,
  alertsList,
  alertsMove,
  alertsPause,
  alertsResume,
  alertsShow,
  alertsSubscribe,
} from './alerts.ts'
import type { Command } from './command.ts'
import { cost } from './cost.ts'
import { create } from './create.ts'
import {
  barsCheck,
  barsFetch,
  barsImport,
  barsList,
  barsSimulate,
  constituentsImport,
  fundamentalsImport,
  universeImport,
} from './data.ts'
import { explain, whyNot } from './explain.ts'
import { keysCreate, keysList, keysOperator, keysRevoke } from './keys.ts'
import { alert, backtest, screen } from './modes.ts'
import { report } from './report.ts'
import { rerun } from './rerun.ts'
import { revise } from './revise.ts'
import { ruleCheck, ruleEval } from './rule.ts'
import { runs } from './runs.ts'
import { serve } from './serve.ts'
import { signals } from './signals.ts'
import { start } from './start.ts'
import { list, show } from './strategies.ts'

/** Every command, in the order of the overview. */
export const COMMANDS: readonly Command[] = [
  start,
  create,
  revise,
  show,
  list,
  backtest,
  report,
  screen,
  alert,
  signals,
  explain,
  whyNot,
  runs,
  rerun,
  cost,
  ruleEval,
  ruleCheck,
  barsImport,
  barsFetch,
  barsList,
  barsCheck,
  barsSimulate,
  universeImport,
  fundamentalsImport,
  constituentsImport,
  alertsSubscribe,
  alertsList,
  alertsShow,
  alertsPause,
  alertsResume,
  alertsMove,
  alertsDelete,
  serve,
  keysCreate,
  keysList,
  keysRevoke,
  keysOperator,
]
