import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { RDSClient, ModifyDBInstanceCommand } from '@aws-sdk/client-rds';
import twilio from 'twilio';
import AccountsBase from 'twilio/lib/rest/AccountsBase.js';
import * as v from 'valibot';
import { transport } from '../../../src/rotators/twilio/transport.ts';
import type { Leak } from './leak.ts';

interface Axios {
  post(url: string, body: object, config?: object): Promise<unknown>;
  put(url: string, body: object, config?: object): Promise<unknown>;
}

/** The HTTP client that comes with Twilio's SDK. */
const axios: Axios = createRequire(createRequire(import.meta.url).resolve('twilio'))('axios');

const nowhere = 'http://127.0.0.1:9';
const sid = 'AC0123456789abcdef0123456789abcdef';

/** Errors of HTTP clients and SDKs, as they really throw them, against a server that echoes. */
export const leaksOfClients = (echo: () => string): readonly Leak[] => [
  {
    name: 'AxiosError config: basic credentials of a request that is answered with 500',
    leak: (password) => axios.post(echo(), {}, { auth: { username: 'app', password } }),
  },
  {
    name: 'AxiosError config: a header, the body and the URL, with nobody listening',
    leak: (value) =>
      axios.put(`${nowhere}/${encodeURIComponent(value)}`, { value }, { headers: { key: value } }),
  },
  {
    name: 'AxiosError response: a server that answers with what it was sent',
    leak: (value) => axios.post(echo(), new URLSearchParams({ value })),
  },
  {
    name: "AxiosError from Twilio's own client",
    leak: (token) => {
      const httpClient = new twilio.RequestClient();
      const call = {
        method: 'get',
        uri: nowhere,
        headers: {},
        username: sid,
        password: token,
      } as const;
      return httpClient.request(call);
    },
  },
  {
    name: "Twilio's RestException: message and details",
    leak: (token) => {
      const signal = AbortSignal.timeout(5_000);
      const domain = new AccountsBase(
        transport({ username: sid, password: token, signal, timeoutMs: 5_000 }),
      );
      domain.baseUrl = echo();
      return domain.v1.secondaryAuthToken().create();
    },
  },
  {
    name: 'an error of RDS that quotes MasterUserPassword',
    leak: (MasterUserPassword) => {
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const settings = { endpoint: echo(), region: 'us-east-1', credentials, maxAttempts: 1 };
      const command = new ModifyDBInstanceCommand({
        DBInstanceIdentifier: 'db',
        MasterUserPassword,
      });
      return new RDSClient(settings).send(command);
    },
  },
  {
    name: 'fetch with credentials in the URL',
    leak: (value) => fetch(nowhere.replace('//', `//app:${encodeURIComponent(value)}@`)),
  },
  {
    name: 'fetch with a header that is none',
    leak: (value) => fetch(nowhere, { headers: { key: `${value}\nx` } }),
  },
  { name: 'a URL that is none', leak: (value) => new URL(value) },
  {
    name: 'a text that is no JSON',
    leak: (value) => JSON.parse(value),
    shows: (value) => value.slice(0, 9),
  },
  {
    name: 'a value of the wrong shape',
    leak: (value) => v.parse(v.object({ token: v.number() }), { token: value }),
  },
  {
    name: 'a command line that failed',
    leak: (value) => promisify(execFile)('false', ['--password', value]),
  },
  {
    name: 'a file that is not there',
    leak: (value) => readFile(`/nowhere/${value}`),
  },
];
