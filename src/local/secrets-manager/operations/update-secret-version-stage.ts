import * as v from 'valibot';
import type { Account } from '../account.ts';
import { invalidParameter, invalidRequest, valueNotFound } from '../errors.ts';
import { CURRENT, detach, holderOf, stagesOf } from '../labels.ts';
import { findLiveSecret } from '../lookup.ts';
import { operation } from '../operation.ts';
import type { Secret } from '../secret.ts';
import * as input from '../validation.ts';
import { attachTelling, checkLabelCount } from '../versions.ts';

const request = v.object({
  SecretId: input.secretId,
  VersionStage: input.stage,
  RemoveFromVersionId: v.optional(input.versionId),
  MoveToVersionId: v.optional(input.versionId),
});

/** A compare-and-swap: a label leaves a version only where the request names that version. */
export const updateSecretVersionStage = operation(request, (account, members) => {
  const secret = findLiveSecret(account, members.SecretId);
  const move = {
    label: members.VersionStage,
    from: members.RemoveFromVersionId,
    to: members.MoveToVersionId,
  };

  if (move.to === undefined) removeLabel(account, secret, move);
  else moveLabel(account, secret, { ...move, to: move.to });
  secret.lastChangedDate = account.clock.now();
  return { ARN: secret.arn, Name: secret.name };
});

interface Move {
  readonly label: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

function removeLabel(account: Account, secret: Secret, { label, from }: Move): void {
  if (from === undefined) {
    throw invalidParameter('You must specify MoveToVersionId, RemoveFromVersionId, or both.');
  }
  requireVersion(secret, from);
  if (label === CURRENT) {
    throw invalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
  }
  if (holderOf(secret, label) !== from) throw wrongVersion(label);
  detach(secret, label, account.clock.now());
}

function moveLabel(account: Account, secret: Secret, move: Move & { to: string }): void {
  const { label, from, to } = move;
  requireVersion(secret, to);
  if (from !== undefined) requireVersion(secret, from);
  checkHolder(account, secret, move);
  if (label === CURRENT && !secret.versions.get(to)?.value) {
    throw invalidRequest("You can't move AWSCURRENT to a version that has no value.");
  }
  checkLabelCount([...stagesOf(secret, to), label]);
  attachTelling(account, secret, label, to);
}

function checkHolder(account: Account, secret: Secret, { label, from, to }: Move): void {
  const holder = holderOf(secret, label);
  const made = holder === to && account.behaviour.repeatedLabelMove === 'accepted';
  if (holder === from || made || (holder === to && from === undefined)) return;

  if (from !== undefined) throw wrongVersion(label);
  throw invalidParameter(
    `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
  );
}

function requireVersion(secret: Secret, versionId: string): void {
  if (!secret.versions.has(versionId)) throw valueNotFound(`VersionId: ${versionId}`);
}

const wrongVersion = (label: string) =>
  invalidParameter(
    `RemoveFromVersionId must be set to the version that staging label ${label} is currently attached to.`,
  );
