/** Every code an answer can carry, with the HTTP status it maps to. */
export const ERROR_STATUS = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  bad_rule: 422,
  bad_code: 422,
  not_understood: 422,
  refused: 422,
  not_proven_equal: 422,
  no_data: 422,
  not_found: 404,
  conflict: 409,
  cancelled: 409,
  too_large: 413,
  limit: 422,
  quota_exceeded: 429,
  guest_error: 422,
  model_failed: 502,
  interrupted: 500,
  internal: 500,
  unavailable: 503,
} as const

export type ErrorCode = keyof typeof ERROR_STATUS

/** A broken promise or a refused request: `message` says what, where and what to do; `details` is plain JSON. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly details?: unknown

  constructor(code: ErrorCode, message: string, details?: unknown, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'AppError'
    this.code = code
    this.details = details
  }
}

/** The `error` object of a failed answer; anything that is not an AppError is reported as internal, without its stack. */
export function errorBody(error: unknown): { code: ErrorCode; message: string; details?: unknown } {
  if (error instanceof AppError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.details === undefined ? {} : { details: error.details }),
    }
  }
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) }
}
