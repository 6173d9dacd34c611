import { join } from 'node:path'
import { Aspects, type IAspect } from 'aws-cdk-lib'
import { App } from 'sst/constructs'
import { initProject, useProject } from 'sst/project.js'
import { saywhen } from './saywhen.ts'
import { settingsOf } from './settings.ts'

export interface SynthesisOptions {
  stage: string
  /** where templates and code go; the artifacts of the build lie beside them */
  directory: string
  env?: Readonly<Record<string, string | undefined>>
  /** whether the functions are built too: without, their code is a placeholder and a synthesis takes a second */
  code?: boolean
  checks?: IAspect
}

export interface SynthesizedStack {
  /** its name without stage and app: Storage, Queues, ... */
  name: string
  file: string
  template: CloudFormation
}

export interface CloudFormation {
  Resources: Record<string, CloudFormationResource>
  Outputs?: Record<string, unknown>
}
export interface CloudFormationResource {
  Type: string
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shapes, as many as it has kinds of resources
  Properties: Record<string, any>
  DeletionPolicy?: string
}

/** Nobody's account and AWS's first region: a synthesis asks AWS nothing. */
const NOWHERE = { account: '123456789012', region: 'us-east-1' }

/** The templates of all stacks, made without an account and without network. To be called in the project's folder. */
export async function synthesize(options: SynthesisOptions): Promise<SynthesizedStack[]> {
  const { stage, directory, env = {}, code = true, checks } = options
  // SST looks up its bootstrap of the account otherwise.
  process.env.NODE_ENV = 'test'
  await initProject({ stage, root: process.cwd() })
  const { config, paths } = useProject()
  paths.out = directory
  paths.artifacts = join(directory, 'artifacts')
  const outdir = join(directory, 'dist')
  const app = new App(
    { mode: 'deploy', name: config.name, stage, ...NOWHERE, isActiveStack: code ? undefined : () => false },
    { outdir },
  )
  saywhen(app, settingsOf(env))
  if (checks) Aspects.of(app).add(checks)
  await app.finish()
  const prefix = app.logicalPrefixedName('')
  return app.synth().stacks.map(({ stackName, templateFullPath, template }) => ({
    name: stackName.slice(prefix.length),
    file: templateFullPath,
    template,
  }))
}
