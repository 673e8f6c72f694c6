import type { Stack } from './stack/stack.ts';

/** Where everything is, and what to type next. */
export const welcome = ({ awsUrl, twilioUrl, databaseHost, postgres }: Stack) => `
The local stack is up. Ctrl-C ends it.

  Secrets Manager, RDS, Scheduler, Lambda, SQS  ${awsUrl}
  Twilio                                        ${twilioUrl}
  PostgreSQL                                    ${databaseHost}:${postgres.port}

In another shell, in this folder, with the AWS CLI:

  . .local/env
  aws secretsmanager rotate-secret --secret-id "$KEYTURN_SECRET_ID"
  aws secretsmanager describe-secret --secret-id "$KEYTURN_SECRET_ID"

Take the last rotation back, while its grace runs:

  npx keyturn rollback "$KEYTURN_SECRET_ID"

Or step by step, by hand, on the built functions and reminder-app/development:

  npm run invoke -- events/create-secret.json
  npm run invoke -- events/set-secret.json
  npm run invoke -- events/test-secret.json
  npm run invoke -- events/finish-secret.json
  npm run begin       (arms that rotation again)

What the functions log:

`;
