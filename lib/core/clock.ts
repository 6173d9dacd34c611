/** Now, in epoch milliseconds; passed in, never read from the ambient clock below the adapters. */
export type Clock = () => number
