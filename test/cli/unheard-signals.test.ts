import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { serveHttp, type HttpServer } from '../../src/local/http-server.ts';
import { startKeyturn } from './start-keyturn.ts';

let silent: HttpServer;
let asked: number;
const clientConfig = () => ({
  endpoint: silent.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

beforeAll(async () => {
  silent = await serveHttp(() => {
    asked += 1;
    return new Promise(() => undefined);
  });
});
beforeEach(() => void (asked = 0));
afterAll(() => silent.close());

test.each<[NodeJS.Signals, string[]]>([
  ['SIGINT', ['doctor', 'shop/production', '--json']],
  ['SIGTERM', ['doctor', 'shop/production', '--json']],
  ['SIGINT', ['repair', 'shop/production', '--yes', '--json']],
  ['SIGTERM', ['rollback', 'shop/production', '--yes', '--json']],
])('%s while %j waits for AWS is told, with exit code 130', async (name, args) => {
  const running = startKeyturn({ clientConfig: clientConfig() }, ...args);
  await vi.waitFor(() => expect(asked).toBeGreaterThan(0), { timeout: 20_000 });
  running.child.kill(name);

  const { exitCode, stdout, stderr } = await running.ended();

  expect(exitCode).toBe(130);
  expect(stderr).toContain(`Interrupted by ${name}.`);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'failed', code: 'INTERRUPTED' });
});
