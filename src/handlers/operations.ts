import { compromise } from '../rotation/compromise.ts';
import { inspect } from '../rotation/inspect.ts';
import { reconcileNow } from '../rotation/reconcile-now.ts';
import { rehearseRotation } from '../rotation/rehearse-rotation.ts';
import { repair } from '../rotation/repair.ts';
import { rollBack } from '../rotation/roll-back.ts';
import type { Invocation } from '../rotation/rotation.ts';
import { recorded } from '../rotation/run-step.ts';
import type { Frame } from './invocation.ts';
import { measured } from './measured.ts';
import type { OperatorEvent } from './rotation-function-event.ts';
import type { Wiring } from './wiring.ts';

/** Does what a person asks for, as a step of its own name. Any error fails the invocation. */
export function runOperation(wiring: Wiring, frame: Frame, event: OperatorEvent): Promise<object> {
  const { Operation: operation, SecretId: secretId } = event;
  // What the reconcile function does by itself is counted, and watched, apart from this.
  const step = operation === 'reconcile' ? 'reconcile-now' : operation;
  return measured(wiring, frame, { step, secretId }, (invocation) =>
    recorded(invocation, () => operate(invocation, event)),
  );
}

/** Each answers what became of it, and no value. */
function operate(invocation: Invocation, event: OperatorEvent): Promise<object> {
  switch (event.Operation) {
    case 'inspect':
      return inspect(invocation);
    case 'rehearse':
      return rehearseRotation(invocation);
    case 'rollback':
      return rollBack(invocation);
    case 'reconcile':
      return reconcileNow(invocation);
    case 'compromise':
      return compromise(invocation, event.Key);
    case 'repair':
      return repair(invocation, { way: event.Way, keys: event.Keys, version: event.Version });
  }
}
