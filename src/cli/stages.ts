/** The labels of a secret's versions that a command can be told to read. */
export const stages = ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING'] as const;

export type Stage = (typeof stages)[number];
