import * as z from 'zod'
import { QUOTAS, type QuotaName } from '../lib/access/quotas.ts'

/** Origins of pages that may call the API from a browser: scheme, host and port, nothing behind. */
const origin = z.string().regex(/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/, 'is no origin such as https://example.com')
const quota = z.string().regex(/^(\d{1,9}|none)$/, 'is neither a whole number nor none')

/** What a deployment may set in the environment of the one who deploys; what cannot be meant fails before anything is deployed. */
const shape = z
  .object({
    SAYWHEN_OPERATOR_KEY_HASH: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in 64 lower-case hex digits: saywhen keys operator makes one')
      .optional(),
    SAYWHEN_JWT_ISSUER: z.url({ protocol: /^https$/ }).optional(),
    SAYWHEN_JWT_AUDIENCE: z.string().max(1_000).optional(),
    SAYWHEN_CORS_ORIGINS: z
      .string()
      .transform((text) => text.split(',').map((each) => each.trim()))
      .pipe(z.array(origin).max(50))
      .optional(),
    SAYWHEN_ALARM_EMAIL: z.email().optional(),
    SAYWHEN_BARS_PROVIDER: z.literal('alpaca').optional(),
    SAYWHEN_ALPACA_FEED: z.enum(['iex', 'sip']).optional(),
    SAYWHEN_GENERATOR: z.enum(['offline', 'gemini', 'auto']).optional(),
    SAYWHEN_GEMINI_MODEL: z
      .string()
      .regex(/^[\w.-]{1,100}$/, 'is no name of a model such as gemini-2.5-flash')
      .optional(),
    ...Object.fromEntries(quotaVariables().map((variable) => [variable, quota.optional()])),
  })
  .refine(
    (env) => (env.SAYWHEN_JWT_ISSUER === undefined) === (env.SAYWHEN_JWT_AUDIENCE === undefined),
    'SAYWHEN_JWT_ISSUER and SAYWHEN_JWT_AUDIENCE are set both or neither: without an audience tokens for other services would do',
  )

export interface Settings {
  /** for the authorizer: whose keys and tokens it believes beside the stored ones */
  access: Record<string, string>
  /** for what serves requests and goes on with runs: daily quotas in place of the defaults */
  quotas: Record<string, string>
  /** none: no page may call the API */
  corsOrigins: string[]
  /** who is mailed when an alarm goes off; nobody when absent */
  alarmEmail?: string
  /** whether bars are fetched of a provider each session; its keys are secrets of the deployment */
  fetchBars: boolean
  /** for what fetches them: which of its feeds the provider is asked for */
  provider: Record<string, string>
  /** for what performs creations: whom words are given to; the model's key is a secret of the deployment */
  generator: Record<string, string>
}

/** The settings of a deployment from the environment of the one who deploys; throws naming each variable that is wrong. */
export function settingsOf(env: Readonly<Record<string, string | undefined>>): Settings {
  const set = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== undefined && text !== ''))
  const read = shape.safeParse(set)
  if (!read.success)
    throw new Error(read.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; '))
  const values = read.data as Record<string, unknown>
  const pick = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, String(values[name])]])))
  return {
    access: pick(['SAYWHEN_OPERATOR_KEY_HASH', 'SAYWHEN_JWT_ISSUER', 'SAYWHEN_JWT_AUDIENCE']),
    quotas: pick(quotaVariables()),
    corsOrigins: read.data.SAYWHEN_CORS_ORIGINS ?? [],
    alarmEmail: read.data.SAYWHEN_ALARM_EMAIL,
    fetchBars: read.data.SAYWHEN_BARS_PROVIDER !== undefined,
    provider: pick(['SAYWHEN_ALPACA_FEED']),
    generator: pick(['SAYWHEN_GENERATOR', 'SAYWHEN_GEMINI_MODEL']),
  }
}

function quotaVariables(): string[] {
  return (Object.keys(QUOTAS) as QuotaName[]).map((name) => `SAYWHEN_QUOTA_${name.toUpperCase()}`)
}
