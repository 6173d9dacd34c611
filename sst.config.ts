import type { SSTConfig } from 'sst'
import { saywhen } from './stacks/saywhen.ts'
import { settingsOf } from './stacks/settings.ts'

export default {
  config() {
    return { name: 'saywhen', region: process.env.AWS_REGION || 'us-east-1' }
  },
  stacks(app) {
    saywhen(app, settingsOf(process.env))
  },
} satisfies SSTConfig
