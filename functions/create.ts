import { AppError } from '../lib/core/errors.ts'
import type { HttpHandler } from '../lib/local/routes.ts'
import type { AppOf, CreateAnswer } from './application.ts'
import { createBody, reviseBody } from './bodies.ts'
import { owned, type Reply } from './http.ts'
import { askOptions, bodyOf, strategyIdOf } from './read.ts'
import { underWay } from './run-reply.ts'
import { strategyJson } from './strategy-json.ts'

/** POST /strategies: words, a rule or code become a strategy (201), or questions, a refusal, a difference (422). */
export const makeCreate = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    const answer = await app.createStrategy(bodyOf(event, createBody), askOptions(event))
    return answer.status === 'under way' ? underWay(answer.run) : createReply(answer)
  })

/** POST /strategies/{id}/revise: a changed rule or code becomes a new version beside the old (201), or what a creation is answered. */
export const makeRevise = (appOf: AppOf): HttpHandler =>
  owned(appOf, async (app, event) => {
    const change = bodyOf(event, reviseBody)
    const answer = await app.reviseStrategy(strategyIdOf(event), change, askOptions(event))
    return answer.status === 'under way' ? underWay(answer.run) : createReply(answer)
  })

/** What came of creating a strategy; throws what says why nothing was stored. */
export function createReply(answer: CreateAnswer): Reply {
  switch (answer.status) {
    case 'created':
      return { status: 201, body: { success: true, strategy: strategyJson(answer.strategy) } }
    case 'questions': {
      const { questions, not_understood, assumptions, readings, generation } = answer
      const words = not_understood.map((part) => `"${part}"`).join(', ')
      const message = `${words ? `Not understood: ${words}.` : 'One thing is not clear.'} Nothing was stored; say it again with the questions answered.`
      throw new AppError('not_understood', message, { questions, not_understood, assumptions, readings, generation })
    }
    case 'refused':
      throw new AppError('refused', answer.reason, {
        reason: answer.reason,
        offer: answer.offer,
        generation: answer.generation,
      })
    case 'different':
      throw new AppError('not_proven_equal', answer.message, { proof: answer.proof, generation: answer.generation })
  }
}
