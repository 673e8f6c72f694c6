import { localAccount, type AwsService } from '../aws-service.ts';
import { answerQuery, QueryError, required, type QueryService } from '../query-protocol.ts';
import { queryServices } from '../service-descriptors.ts';
import type { DeployedStack } from '../template/deployed-stack.ts';

/** An SNS that knows who is subscribed to a topic. It sends nothing. */
export interface Sns {
  readonly service: AwsService;
  /** Makes the topics of a template, and who is subscribed to them. */
  deploy(stack: DeployedStack): void;
}

interface Subscription {
  readonly SubscriptionArn: string;
  readonly Owner: string;
  readonly Protocol: string;
  readonly Endpoint: string;
  readonly TopicArn: string;
}

export function createSns(): Sns {
  const topics = new Map<string, Subscription[]>();
  const service: QueryService = {
    ...queryServices.sns,
    actions: subscriptionActions(topics),
  };
  return {
    service: async function sns(request) {
      return answerQuery(service, request);
    },
    deploy(stack) {
      for (const topicArn of topicsIn(stack)) topics.set(topicArn, []);
      for (const { type, properties } of stack.resources) {
        if (type !== 'AWS::SNS::Subscription') continue;
        const { TopicArn, Protocol, Endpoint } = properties;
        const subscription = subscribed(String(TopicArn), String(Protocol), String(Endpoint));
        topics.get(subscription.TopicArn)?.push(subscription);
      }
    },
  };
}

/** The one that a template makes, or the one that it is told of. */
const topicsIn = (stack: DeployedStack): readonly string[] =>
  stack.resources
    .filter(({ type }) => type === 'AWS::SNS::Topic')
    .map(({ logicalId }) => String(stack.ids[logicalId]))
    .concat(stack.parameter('AlarmTopicArn') || []);

const pending = 'PendingConfirmation';

/** A queue or a function takes part at once; a person, or a server, has to confirm. */
function subscribed(TopicArn: string, Protocol: string, Endpoint: string): Subscription {
  const confirmed = ['sqs', 'lambda', 'firehose', 'application'].includes(Protocol);
  const SubscriptionArn = confirmed ? `${TopicArn}:${crypto.randomUUID()}` : pending;
  return { SubscriptionArn, Owner: localAccount, Protocol, Endpoint, TopicArn };
}

const pageSize = 100;

function subscriptionActions(topics: Map<string, Subscription[]>): QueryService['actions'] {
  function subscriptionsOf(form: URLSearchParams): Subscription[] {
    const found = topics.get(required(form, 'TopicArn'));
    if (found) return found;
    throw new QueryError('NotFound', 'Topic does not exist', 404);
  }

  return {
    ListSubscriptionsByTopic(form) {
      const all = subscriptionsOf(form);
      const from = Number(form.get('NextToken') ?? 0);
      const end = from + pageSize;
      const NextToken = end < all.length ? String(end) : undefined;
      return {
        Subscriptions: { member: all.slice(from, end).map((each) => ({ ...each })) },
        NextToken,
      };
    },
    Subscribe(form) {
      const endpoint = required(form, 'Endpoint');
      const all = subscriptionsOf(form);
      const made = subscribed(required(form, 'TopicArn'), required(form, 'Protocol'), endpoint);
      all.push(made);
      const { SubscriptionArn } = made;
      return {
        SubscriptionArn: SubscriptionArn === pending ? 'pending confirmation' : SubscriptionArn,
      };
    },
    Unsubscribe(form) {
      const arn = required(form, 'SubscriptionArn');
      for (const [topicArn, all] of topics) {
        topics.set(
          topicArn,
          all.filter(({ SubscriptionArn }) => SubscriptionArn !== arn),
        );
      }
      return {};
    },
  };
}
