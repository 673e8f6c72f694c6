/**
 * Preloaded into a process that was started with a channel to its parent: ends it when the parent is
 * gone, however that came, also where nothing was left to send a signal.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
