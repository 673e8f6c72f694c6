/** The password in what a subject answered: itself, or a document with it. Throws where it is neither. */
export function textOf(answer: unknown): string {
  const text: unknown =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'DB_PASSWORD') : answer;
  if (typeof text === 'string') return text;
  throw new Error('A read answered no password.');
}
