/** How long a rotation, or the end of a superseded credential, may take before it counts as stuck. In ms. */
export const slackMs = 30 * 60_000;
