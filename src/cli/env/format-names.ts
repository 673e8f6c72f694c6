export const formatNames = ['json', 'dotenv', 'shell'] as const;

export type Format = (typeof formatNames)[number];
