import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import {
  type CloudFormationResource,
  type SynthesisOptions,
  type SynthesizedStack,
  synthesize,
} from '../../stacks/synthesize.ts'

export interface Resource extends CloudFormationResource {
  id: string
  stack: string
}

/** All templates of one synthesis, to be asked. */
export interface Synthesized {
  directory: string
  stacks: SynthesizedStack[]
  ofType(type: string): Resource[]
  /** The only resource of the type whose id, without its hash, is this. */
  one(type: string, id: string): Resource
  /** What a value comes to, in words: `Table.Arn`, `Results.Arn/results/*`; references across stacks are followed. */
  words(value: unknown): string
}

const directories: string[] = []
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

type Options = Omit<SynthesisOptions, 'directory'>
const made = new Map<string, Promise<Synthesized>>()

/** The stacks of a stage as they are without any settings and without code, made once for all who ask. */
export function stacksOf(stage: string): Promise<Synthesized> {
  const held = made.get(stage) ?? synthesized({ stage })
  made.set(stage, held)
  return held
}

/** The stacks of a stage; without code unless it is asked for. */
export async function synthesized(options: Options): Promise<Synthesized> {
  const directory = mkdtempSync(join(tmpdir(), 'saywhen-stacks-'))
  directories.push(directory)
  const stacks = await synthesize({ code: false, ...options, directory })
  const resources = stacks.flatMap(({ name, template }) =>
    Object.entries(template.Resources).map(([id, resource]) => ({
      ...resource,
      Properties: resource.Properties ?? {},
      id: bare(id),
      stack: name,
    })),
  )
  const exports = new Map<string, unknown>()
  for (const { template } of stacks)
    for (const output of Object.values(template.Outputs ?? {}) as { Value: unknown; Export?: { Name: string } }[])
      if (output.Export) exports.set(output.Export.Name, output.Value)

  const words = (value: unknown): string => {
    if (typeof value === 'string') return value
    const [[kind, inside]] = Object.entries(value as Record<string, unknown>)
    if (kind === 'Ref') return bare(inside as string)
    if (kind === 'Fn::GetAtt') return `${bare((inside as string[])[0])}.${(inside as string[])[1]}`
    if (kind === 'Fn::Join') return (inside as [string, unknown[]])[1].map(words).join((inside as [string])[0])
    if (kind === 'Fn::ImportValue' && exports.has(inside as string)) return words(exports.get(inside as string))
    throw new Error(`What is ${JSON.stringify(value)}?`)
  }
  const ofType = (type: string) => resources.filter(({ Type }) => Type === type)
  return {
    directory,
    stacks,
    ofType,
    one(type, id) {
      const found = ofType(type).filter((each) => each.id === id)
      if (found.length !== 1) throw new Error(`${found.length} resources ${type} are called ${id}.`)
      return found[0]
    },
    words,
  }
}

/** The id given in the code: CloudFormation's has eight hex digits of its path behind it. */
const bare = (id: string) => id.replace(/[0-9A-F]{8}$/, '')

/** The functions of this project: CDK and SST bring some of their own, for deploying. */
export const lambdasOf = ({ ofType }: Synthesized): Resource[] =>
  ofType('AWS::Lambda::Function').filter(({ Properties }) => Properties.Environment?.Variables?.SAYWHEN_TABLE)

/** CloudFormation's ids have no hyphens. */
export const idOf = (name: string) => name.replaceAll('-', '')
