/** How long what only shows the steps is waited for: the SDK itself would wait for ever. In ms. */
export const requestHandler = {
  connectionTimeout: 5_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};
