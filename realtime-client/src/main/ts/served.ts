/** The module that the starter serves at `{path}/client.js`, for pages without a build. */
import { Realtime } from './client.js';
import type { RealtimeOptions } from './options.js';
import { defineStatusElement } from './status-element.js';

export * from './index.js';

/**
 * A connection to the endpoint that this module came from, which is made with the first subscription. The first
 * connection of a page is the one that `<realtime-status>` shows.
 */
export function connect(options: RealtimeOptions = {}): Realtime {
  const realtime = new Realtime({ url: new URL('.', import.meta.url), ...options });
  defineStatusElement(realtime);
  return realtime;
}
