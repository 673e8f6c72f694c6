/** An error as it goes over the wire. Its message never holds a secret value. */
export class SecretsManagerError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = type;
    this.type = type;
    this.status = status;
  }
}

export const invalidRequest = (message: string) =>
  new SecretsManagerError('InvalidRequestException', message);

export const invalidParameter = (message: string) =>
  new SecretsManagerError('InvalidParameterException', message);

export const limitExceeded = (message: string) =>
  new SecretsManagerError('LimitExceededException', message);

export const resourceExists = (message: string) =>
  new SecretsManagerError('ResourceExistsException', message);

export const secretNotFound = () =>
  new SecretsManagerError(
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified secret.",
  );

/** `what` is `staging label: X` or `VersionId: X`. */
export const valueNotFound = (what: string) =>
  new SecretsManagerError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${what}`,
  );

export const markedForDeletion = () =>
  invalidRequest(
    "You can't perform this operation on the secret because it was marked for deletion.",
  );

export const previousRotationIncomplete = () =>
  invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");

export const noRotationFunction = () =>
  invalidRequest('No Lambda rotation function ARN is associated with this secret.');

export const functionNotInvocable = () =>
  new SecretsManagerError(
    'AccessDeniedException',
    'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
  );
