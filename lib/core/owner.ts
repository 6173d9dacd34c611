/** Whose everything is on one machine; partitions of this owner keep the names they have without owners. */
export const LOCAL_OWNER = 'local'
