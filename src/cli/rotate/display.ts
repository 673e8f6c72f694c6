import type { StepsSeen } from './steps-seen.ts';
import type { Terminal } from '../terminal.ts';
import { plainDisplay } from './plain-display.ts';

/** Shows the steps of a rotation as they are seen. */
export interface Display {
  /** Shows what is new. */
  show(steps: StepsSeen): void;
  /** Leaves the screen in good order. */
  end(): Promise<void>;
}

/** A list that moves, where there is a terminal for it; plain lines on standard error otherwise. */
export async function displayOn(
  terminal: Terminal,
  { json }: { readonly json: boolean },
): Promise<Display> {
  if (json || !canMove()) return plainDisplay(terminal);
  const { liveDisplay } = await import('./live-display.ts');
  return liveDisplay();
}

/** One that tells no width would break every line after each character. */
const canMove = () =>
  process.stdout.isTTY &&
  process.stderr.isTTY &&
  process.stderr.columns > 20 &&
  process.env.TERM !== 'dumb' &&
  !process.env.CI;
