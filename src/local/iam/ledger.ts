import type { Role } from '../template/roles.ts';
import type { ApiCall } from './api-call.ts';
import type { Because } from './simulate.ts';

/** A call that no policy allows. */
export interface Denial {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
}

/** A call that was refused, and which policies are why. */
export interface Refusal extends Denial {
  readonly because: Because;
}

/** What the granted permissions came to. */
export interface IamReport {
  readonly denied: readonly Denial[];
  /** Granted and never needed, as `role: policy/Sid action`. */
  readonly unused: readonly string[];
}

/** Keeps which permission of which role was needed, and what was refused. */
export function createLedger() {
  const used = new Set<string>();
  const denied = new Map<string, Denial>();

  return {
    allowed(role: Role, { action }: ApiCall, by: readonly string[]): void {
      for (const statement of by) used.add(entryOf(role, statement, action));
    },
    denied(principal: string, { action, resource }: ApiCall): void {
      const denial = { principal, action, resource };
      denied.set(Object.values(denial).join(' '), denial);
    },
    /** Of the named roles. */
    report: (roles: readonly Role[]): IamReport => ({
      denied: [...denied.values()],
      unused: roles.flatMap(grantedBy).filter((entry) => !used.has(entry)),
    }),
  };
}

const entryOf = ({ arn }: Role, statement: string, action: string) =>
  `${arn.split('/').at(-1)}: ${statement} ${action}`;

function grantedBy(role: Role): readonly string[] {
  return role.policies.flatMap(({ name, document }) =>
    document.Statement.flatMap(({ Sid, Action }) =>
      [Action].flat().map((action) => entryOf(role, `${name}/${Sid}`, action)),
    ),
  );
}
