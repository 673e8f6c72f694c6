import { ListSubscriptionsByTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { asking, type Caller } from '../clients.ts';
import { findingsOf, type Finding, notVisible } from '../finding.ts';
import { putBack } from './put-back.ts';
import { isNotFound } from './reason.ts';

const { ok, warn, fail } = findingsOf('subscribers');

/** Whether somebody hears a topic that alarms are sent to. */
export async function examineSubscribers(topicArn: string, caller: Caller): Promise<Finding> {
  try {
    const { Subscriptions = [] } = await asking(
      (config) => new SNSClient(config),
      caller,
      (client, abort) =>
        client.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }), abort),
    );
    const arns = Subscriptions.map(({ SubscriptionArn = '' }) => SubscriptionArn);
    if (arns.some((arn) => arn.startsWith('arn:'))) return ok(`${topicArn} has a subscriber.`);
    return arns.includes('PendingConfirmation') ? pending(topicArn) : nobody(topicArn);
  } catch (error) {
    if (isNotFound(error)) return gone(topicArn);
    return notVisible('subscribers', `The topic ${topicArn}`, error);
  }
}

const subscribe = (topicArn: string) =>
  `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint <address>, or ` +
  'deploy the stack with AlarmEmail.';

const nobody = (topicArn: string) =>
  warn('ALARM_WITHOUT_SUBSCRIBER', {
    message: `Nobody hears the alarms: ${topicArn} has no subscriber.`,
    fix: subscribe(topicArn),
  });

const pending = (topicArn: string) =>
  warn('ALARM_SUBSCRIPTION_PENDING', {
    message: `Nobody hears the alarms yet: who was subscribed to ${topicArn} has not confirmed it.`,
    fix: 'Follow the link in the message of AWS Notifications, or subscribe again for a new one.',
  });

const gone = (topicArn: string) =>
  fail('ALARM_TOPIC_GONE', {
    message: `Alarms are sent to ${topicArn}, which does not exist.`,
    fix: `Deploy the stack with AlarmTopicArn naming one that does. If it was the stack's own: ${putBack}`,
  });
