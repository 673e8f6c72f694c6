import { getDotPath, type BaseIssue } from 'valibot';

/** The option that an issue is about, as it is typed: `--dry-run` for `dryRun`. */
export function optionOf(issue: BaseIssue<unknown>): string {
  const [field = ''] = (getDotPath(issue) ?? '').split('.');
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
