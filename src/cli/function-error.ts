import * as v from 'valibot';

const failure = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ errorType: v.string(), errorMessage: v.string() }),
);

/** What a function ended with. */
export interface FunctionError {
  readonly code: string;
  readonly message: string;
}

/**
 * The error that Lambda answers. Of one that is not Keyturn's own the text may be anything, also a
 * value, and only its kind is told.
 */
export function functionErrorIn(text: string): FunctionError {
  const parsed = v.safeParse(failure, text);
  if (!parsed.success) return unexpected('The function failed and did not say why.');
  const { errorType, errorMessage } = parsed.output;
  const code = /^RotationError\[([A-Z0-9_]{1,80})\]$/.exec(errorType)?.[1];
  if (code !== undefined) return { code, message: shortened(errorMessage) };
  const kind = /^[\w.]{1,80}$/.test(errorType) ? errorType : 'an error without a name';
  return unexpected(`The function ended with ${kind}. Its log says more.`);
}

const unexpected = (message: string): FunctionError => ({ code: 'UNEXPECTED', message });

const longest = 2_000;

const shortened = (text: string) =>
  text.length > longest ? `${text.slice(0, longest)}… (shortened)` : text;
