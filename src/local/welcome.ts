import type { Stack } from './stack/stack.ts';

/** Where everything is, and what to type next. `host` is the address it listens on. */
export const welcome = ({ awsUrl, twilioUrl, databaseHost, postgres }: Stack, host: string) => `
The local stack is up. Ctrl-C ends it.

  Secrets Manager, Lambda, RDS, Scheduler, SQS,
  Logs, CloudWatch, SNS, STS, IAM and KMS  ${awsUrl}
  Twilio                                   ${twilioUrl}
  PostgreSQL                               ${databaseHost}:${postgres.port}

In another shell, in this folder, with the AWS CLI 2:

  . .local/env
  aws secretsmanager rotate-secret --secret-id "$KEYTURN_SECRET_ID"
  aws secretsmanager describe-secret --secret-id "$KEYTURN_SECRET_ID"

That shell talks to this stack from then on. Deploy to AWS from another one.

Take the last rotation back, while its grace runs:

  npx keyturn rollback "$KEYTURN_SECRET_ID"

Or step by step, by hand, on the built functions and reminder-app/development:

  npm run invoke -- events/create-secret.json
  npm run invoke -- events/set-secret.json
  npm run invoke -- events/test-secret.json
  npm run invoke -- events/finish-secret.json
  npm run begin       (arms that rotation again)

docs/invoking.md has the same for \`sam local invoke\`, "test only", reconcile and rollback.
${isLoopback(host) ? '' : caution(host)}
What the functions log:

`;

/** Whether only this machine itself reaches a server that listens on this address. */
const isLoopback = (host: string) => /^(localhost|127\.[\d.]+|::1)$/.test(host);

const caution = (host: string) => `
CAUTION: it listens on ${host}. Whoever reaches this machine there can read its secrets and log in
to its database. Give it no values that work elsewhere, and end it when you are done.
`;
