import { parentPort } from 'node:worker_threads';
import { startGround } from './ground.ts';
import { perform, type Task } from './task.ts';

/** Does tasks one after the other until it is told that there are no more. */
const ground = await startGround();
const port = parentPort;

port?.on('message', async (task: Task | 'done') => {
  if (task === 'done') {
    await ground.stop();
    port.close();
    return;
  }
  port.postMessage(await perform(ground, task));
});
port?.postMessage('ready');
