/** What the templates promise, part by part. One file for vitest: loading CDK takes longer than all synthesizing together. */
import './alarms.ts'
import './api.ts'
import './nag.ts'
import './queues.ts'
import './rights.ts'
import './storage.ts'
