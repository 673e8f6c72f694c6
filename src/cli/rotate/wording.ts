import type { Problem, VerbProgress } from './progress.ts';

/** `, 12 ms`; nothing where it is not known. */
export const takingMs = ({ durationMs }: { readonly durationMs?: number | undefined }): string =>
  durationMs === undefined ? '' : `, ${timeText(durationMs)}`;

export const timeText = (ms: number): string =>
  ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;

export const verbText = ({ key, verb, outcome, code, ...times }: VerbProgress): string =>
  `${verb} ${key}: ${outcome}${code ? ` [${code}]` : ''}${takingMs(times)}`;

export const problemText = ({ code, message, retryable }: Problem): string =>
  `${message} [${code}]${retryable ? ' Secrets Manager tries it again.' : ''}`;

/** A time that somebody gave: `90 s`, `15 min`. */
export const spanText = (ms: number): string =>
  ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1_000} s`;
