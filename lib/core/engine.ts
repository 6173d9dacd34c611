/** A piece of work that runs on a worker thread: a name, and the types of what goes in and comes out (plain, cloneable data). */
export interface Job<Input, Output> {
  readonly name: string
  /** carries the types; never set */
  readonly types?: (input: Input) => Output
}

/** Names a job; its implementation is registered under that name in the thread's entry. */
export function defineJob<Input, Output>(name: string): Job<Input, Output> {
  return { name }
}

/** A queue of worker threads. A job that exceeds its deadline is ended from outside and fails with a `limit` AppError. */
export interface Engine {
  /** how many jobs run at once */
  readonly size: number
  run<Input, Output>(job: Job<Input, Output>, input: Input): Promise<Output>
}
