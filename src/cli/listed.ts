/** What an option is given each time that it is repeated, in that order. */
export const listed = (each: string, earlier: readonly string[] = []) => [...earlier, each];
