import * as v from 'valibot';
import { consumers } from '../../src/local/consumers/consumers.ts';
import { surroundingsAt } from '../../src/local/consumers/surroundings.ts';
import { webhookReceiver } from '../../src/local/consumers/webhook-receiver.ts';
import { serveHttp } from '../../src/local/http-server.ts';
import { assignment, question } from './assignment.ts';
import { repeated } from './repeated.ts';

// Uses a credential in a process of its own, so that nobody waits for the functions but whoever
// uses the databases that they change.
const { uses, ...whereabouts } = v.parse(assignment, JSON.parse(process.argv[2] ?? ''));
const surroundings = await surroundingsAt(whereabouts);
const receiver = await serveHttp(webhookReceiver(surroundings));
const running = uses.map((use) => {
  const consumer = consumers[use](surroundings);
  const [bare, application] = [
    repeated(() => consumer.bare()),
    repeated(() => consumer.application()),
  ];
  return { use, bare, application };
});

const answers = {
  receiver: () => ({ url: receiver.url }),
  tallies: () =>
    running.map(({ use, bare, application }) => ({
      use,
      bare: bare.tally,
      application: application.tally,
    })),
};

process.on('disconnect', () => process.exit());
process.on('message', (asked) => void process.send?.(answers[v.parse(question, asked).ask]()));
process.send?.('ready');
