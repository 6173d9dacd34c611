/** Who asks, as the check of the credential found; an event carries it in `requestContext.authorizer.lambda`. */
export interface Caller {
  /** whose strategies, runs and keys are meant; an operator has none */
  owner?: string
  /** id of the API key that was presented, where it was one */
  key_id?: string
  /** may create keys for owners and, without an owner, nothing else */
  operator?: boolean
}

/** What became of a credential; the reason of a refusal is for the log, never for whoever asked. */
export type Verdict = { caller: Caller } | { refused: string }

/** Checks the value of an Authorization header. */
export type Authenticate = (authorization: string | undefined) => Promise<Verdict>
