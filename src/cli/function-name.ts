/** A function's name, and its alias where it has one, for a person. */
export const functionNameOf = (functionArn: string): string =>
  functionArn.split(':function:').at(-1) ?? functionArn;
