import { parentPort } from 'node:worker_threads';
import { startGround } from './ground.ts';
import { perform, type Task } from './task.ts';

/** Does tasks one after the other until it is told that there are no more. */
const ground = await startGround();
const port = parentPort;

async function take(task: Task | 'done'): Promise<void> {
  if (task !== 'done') return port?.postMessage(await perform(ground, task));
  await ground.stop();
  port?.close();
}

port?.on('message', (task: Task | 'done') => void take(task));
port?.postMessage('ready');
