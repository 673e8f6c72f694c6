import { defineConfig } from 'vitest/config';

export default defineConfig({
  // `keyturn/app` is its source here, and what was built of it in a package.
  resolve: { conditions: ['keyturn-source'] },
  ssr: { resolve: { conditions: ['keyturn-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
