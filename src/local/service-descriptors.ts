/** How a service is addressed that takes and answers JSON. */
export interface JsonDescriptor {
  /** As requests are signed for it. */
  readonly name: string;
  /** What `X-Amz-Target` begins with, the dot included. */
  readonly targetPrefix: string;
  readonly contentType: string;
}

/** How a service is addressed that takes forms and answers XML. */
export interface QueryDescriptor {
  /** As requests are signed for it. */
  readonly name: string;
  /** That of its API, which tells an unsigned request's service. */
  readonly version: string;
  readonly namespace: string;
}

const [json10, json11] = ['application/x-amz-json-1.0', 'application/x-amz-json-1.1'] as const;

/** Those of Query's kin are `queryServices`; Lambda and Scheduler are addressed by paths. */
export const jsonServices = {
  secretsmanager: {
    name: 'secretsmanager',
    targetPrefix: 'secretsmanager.',
    contentType: json11,
  },
  sqs: { name: 'sqs', targetPrefix: 'AmazonSQS.', contentType: json10 },
  kms: { name: 'kms', targetPrefix: 'TrentService.', contentType: json11 },
  cloudwatch: {
    name: 'monitoring',
    targetPrefix: 'GraniteServiceVersion20100801.',
    contentType: json10,
  },
  logs: { name: 'logs', targetPrefix: 'Logs_20140328.', contentType: json11 },
} as const satisfies Readonly<Record<string, JsonDescriptor>>;

export const queryServices = {
  rds: {
    name: 'rds',
    version: '2014-10-31',
    namespace: 'http://rds.amazonaws.com/doc/2014-10-31/',
  },
  sts: {
    name: 'sts',
    version: '2011-06-15',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  },
  sns: {
    name: 'sns',
    version: '2010-03-31',
    namespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
  },
  iam: {
    name: 'iam',
    version: '2010-05-08',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  },
} as const satisfies Readonly<Record<string, QueryDescriptor>>;
