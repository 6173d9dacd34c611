import { COMMON_FLAGS, type CommandForm, type Flag } from './arguments.ts'

/** The page of `saywhen --help`. */
export function overview(forms: readonly CommandForm[], version: string): string {
  const width = Math.max(...forms.map((form) => form.name.length))
  return [
    `saywhen ${version}: say when, in plain English; tested on every bar.`,
    '',
    'Usage: saywhen COMMAND [ARGUMENTS] [--flags]',
    '',
    ...forms.map((form) => `  ${form.name.padEnd(width)}  ${form.about}`),
    '',
    'Every command takes:',
    ...flagLines(COMMON_FLAGS),
    '',
    'saywhen COMMAND --help tells more. Exit code: 0 done, 1 failed or refused, 2 wrong usage.',
    '',
  ].join('\n')
}

/** The usage of one command. */
export function usage(form: CommandForm): string {
  const { argument, flags, examples = [] } = form
  const placed = argument ? ` ${argument.optional ? `[${argument.name}]` : argument.name}` : ''
  const named = Object.entries(flags)
    .map(([name, flag]) => (flag.required ? ` ${placedFlag(name, flag)}` : ` [${placedFlag(name, flag)}]`))
    .join('')
  return [
    `Usage: saywhen ${form.name}${placed}${named}`,
    `  ${form.about}`,
    '',
    ...flagLines({ ...flags, ...COMMON_FLAGS }),
    ...(examples.length > 0 ? ['', 'Examples:', ...examples.map((example) => `  ${example}`)] : []),
    '',
  ].join('\n')
}

const placedFlag = (name: string, flag: Flag) =>
  `${flag.short ? `-${flag.short}` : `--${name}`}${flag.value ? ` ${flag.value}` : ''}`
const spelled = (name: string, flag: Flag) =>
  `${flag.short ? `-${flag.short}, ` : ''}--${name}${flag.value ? ` ${flag.value}` : ''}`

function flagLines(flags: Readonly<Record<string, Flag>>): string[] {
  const lines = Object.entries(flags).map(([name, flag]) => [spelled(name, flag), flag.meaning])
  const width = Math.max(...lines.map(([spelling]) => spelling.length))
  return lines.map(([spelling, meaning]) => `  ${spelling.padEnd(width)}  ${meaning}`)
}
