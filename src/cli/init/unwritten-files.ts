/** The way out where a secret is there, and the files for its deployment are not. */
export const unwrittenFiles = (secret: string): string =>
  `keyturn init ${secret} --files-only writes the files for its deployment: give it the options for that which ` +
  'this run had.';
