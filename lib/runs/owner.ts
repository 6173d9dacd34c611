/** Whoever uses the machine: the one owner of a home. */
export const LOCAL_OWNER = 'local'
