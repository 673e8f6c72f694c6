// Imports a subject, opens it and reads once, and tells when each was over. JavaScript, since Node
// would load its TypeScript first. The clock is the system's, so that who started this can subtract.
const [, , url, opening] = process.argv;
const { open } = await import(url);
const { read } = open(JSON.parse(opening));
const opened = process.hrtime.bigint();
await read();
const answered = process.hrtime.bigint();
process.stdout.write(`${opened} ${answered}`, () => process.exit());
