import { inspect } from '../rotation/inspect.ts';
import { rehearseRotation } from '../rotation/rehearse-rotation.ts';
import { rollBack } from '../rotation/roll-back.ts';
import type { Invocation } from '../rotation/rotation.ts';
import { recorded } from '../rotation/run-step.ts';
import type { OperatorEvent } from './event.ts';
import type { Frame } from './invocation.ts';
import { measured } from './measured.ts';
import type { Wiring } from './wiring.ts';

/** What a person may have the rotation function do. Each answers what became of it, and no value. */
const operations = {
  inspect,
  rehearse: rehearseRotation,
  rollback: rollBack,
} satisfies Record<string, (invocation: Invocation) => Promise<object>>;

/** Does what a person asks for, as a step of its own name. Any error fails the invocation. */
export function runOperation(
  wiring: Wiring,
  frame: Frame,
  { Operation: step, SecretId: secretId }: OperatorEvent,
): Promise<object> {
  return measured(wiring, frame, { step, secretId }, (invocation) =>
    recorded<object>(invocation, () => operations[step](invocation)),
  );
}
